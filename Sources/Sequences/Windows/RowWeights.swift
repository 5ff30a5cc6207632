// The weights of a series' rows in training. The weight of a window is the mean of those of its targets' rows.

import Failures

/// Reads the weights of rows from a column.
struct RowWeights {
  private let name: String
  private let column: Int

  /// - Throws: `Failure` (data) if the series lacks the column.
  init(_ name: String, _ series: SeriesSchema) throws(Failure) {
    (self.name, column) = (name, try series.indices(of: [name])[0])
  }

  /// The weight of a row; NaN if it is missing.
  func weight(_ rows: SeriesRows, row: Int) -> Double { rows.values[row * rows.width + column] }

  /// Throws `Failure` (data) if a weight is negative or infinite; it may be missing.
  /// - Parameter number: the row's number in the series, from 0.
  func check(_ weight: Double, row number: Int) throws(Failure) {
    guard weight < 0 || weight == .infinity else { return }
    let text = weight == weight.rounded() && abs(weight) < 1e15 ? "\(Int64(weight))" : "\(weight)"
    throw Failure.data(
      "row \(number + 1), column \(name): the weight is \(text)",
      remedy: "weights must be finite, and not negative")
  }

  /// Throws `Failure` (data): the weight of a row is missing.
  func missing(row number: Int) -> Failure {
    Failure.data(
      "row \(number + 1), column \(name): the weight is missing",
      remedy: "use --fill, such as --fill previous")
  }
}

extension Sequence<Double> {
  /// The mean of the weights of a window's targets.
  var meanWeight: Float {
    let (sum, count) = reduce((0.0, 0)) { ($0.0 + $1, $0.1 + 1) }
    return Float(sum / Double(Swift.max(1, count)))
  }
}
