// The sums over batches from which the loss and metrics are computed.

/// Sums over rows.
public struct RunningTotals: Sendable, Equatable {
  /// The number of rows.
  public var rows = 0.0
  /// The sum of the batches' losses times their numbers of rows; then, with several outputs, the same for each
  /// output; then the sums of the metrics.
  public var sums: [Double]

  /// Totals of zero rows, with the loss and `count` additional sums.
  public init(additionalSums count: Int) { sums = [Double](repeating: 0, count: count + 1) }

  /// The mean loss so far.
  public var loss: Double { sums[0] / rows }
}
