// The columns of a series that windows need, and their scaling.

import Failures
import Tensor

/// The inputs and targets in a row, and their scaling.
struct WindowSelection {
  private let fields: [(column: Int, scale: Int, name: String)]
  private let inputCount: Int
  private let scaler: Scaler
  private let weights: RowWeights?
  private let allowsMissing: Bool
  private var precision: SinglePrecisionCheck

  /// - Parameter allowsMissing: whether values may be missing; they are NaN in the buffer.
  init(
    _ layout: WindowLayout, series: SeriesSchema, scaler: Scaler, allowsMissing: Bool
  ) throws(Failure) {
    let names = layout.inputs + layout.targets
    let columns = try series.indices(of: names)
    let scales = try scaler.indices(of: names)
    fields = names.indices.map { (columns[$0], scales[$0], names[$0]) }
    inputCount = layout.inputs.count
    weights = try layout.weight.map { name throws(Failure) in try RowWeights(name, series) }
    self.scaler = scaler
    self.allowsMissing = allowsMissing
    precision = SinglePrecisionCheck(columns: fields.count)
  }

  /// The columns whose values can't be distinguished in single precision, in the rows appended so far.
  var blurredColumns: [String] {
    precision.blurredColumns.map { fields[$0].name }.unique
  }

  mutating func append(
    _ rows: SeriesRows, row: Int, number: Int, to buffer: inout RowBuffer
  ) throws(Failure) {
    for (index, field) in fields.enumerated() {
      let actual = rows.values[row * rows.width + field.column]
      let scaled = scaler.scale(actual, column: field.scale)
      precision.add(scaled, column: index)
      let value = Float(scaled)
      if actual.isNaN, allowsMissing {
        buffer.noteMissing()
      } else if !value.isFinite {
        throw Failure.data(
          "row \(number + 1), column \(field.name): the value is \(actual.isNaN ? "missing" : "infinite, or too large after scaling")"
        )
      }
      if index < inputCount {
        buffer.inputs.append(value)
      } else {
        buffer.targets.append(value)
        buffer.actual.append(actual)
      }
    }
    if let weights { try append(weights, rows, row: row, number: number, to: &buffer) }
  }

  private func append(
    _ weights: RowWeights, _ rows: SeriesRows, row: Int, number: Int, to buffer: inout RowBuffer
  ) throws(Failure) {
    let weight = weights.weight(rows, row: row)
    try weights.check(weight, row: number)
    if weight.isNaN {
      guard allowsMissing else { throw weights.missing(row: number) }
      buffer.noteMissing()
    }
    buffer.weights.append(weight)
  }
}
