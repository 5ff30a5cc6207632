// The sums that a loss and metrics are computed from, over the batches that ran.

/// Sums over rows.
public struct RunningTotals: Sendable, Equatable {
  /// Rows counted.
  public var rows = 0.0
  /// The sum of the batches' losses times their rows; then, for several outputs, each one's own; then what metrics
  /// sum.
  public var sums: [Double]

  /// Nothing counted, with room for the loss and for `count` further sums.
  public init(further count: Int) { sums = [Double](repeating: 0, count: count + 1) }

  /// The mean loss so far.
  public var loss: Double { sums[0] / rows }
}
