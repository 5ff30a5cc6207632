// The names of columns with the limits of prediction intervals: `prediction-lo-80` and `prediction-hi-80` hold the
// quantiles 0.1 and 0.9.

/// The intervals among the columns of predictions.
public struct IntervalColumns: Sendable, Equatable {
  /// The levels in percent that have both limits, ascending.
  public let levels: [Double]

  /// The intervals of a forecaster's column.
  /// - Parameter name: the column of the values.
  public init(_ columns: Set<String>, of name: String = "prediction") {
    let lower = columns.filter { $0.hasPrefix("\(name)-lo-") }.map { $0.dropFirst(name.count + 4) }
    levels = lower.filter { columns.contains("\(name)-hi-\($0)") }.compactMap { Double($0) }.sorted()
  }
}
