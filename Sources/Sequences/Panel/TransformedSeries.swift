// The columns of a series that windows need, transformed but not scaled, column by column.

import Calendar
import Failures

/// A series whose columns were transformed.
struct TransformedSeries {
  /// The columns of the layout as they were read.
  private(set) var actual: [[Double]] = []
  /// The same after log1p or Box-Cox.
  private(set) var levels: [[Double]] = []
  /// The same after differences too.
  private(set) var values: [[Double]] = []
  /// The number of rows.
  let rows: Int

  /// - Parameters:
  ///   - columns: the names of the layout's columns.
  ///   - indices: their indices in the rows.
  ///   - targets: which of them are targets; nil for the others.
  /// - Throws: `Failure` (data) if a value can't be transformed.
  init(
    _ series: PreparedSeries, columns: [String], indices: [Int], targets: [Int?], transform: TargetTransform,
    lag: Int
  ) throws(Failure) {
    rows = series.history
    let (rows, width) = (series.rows, series.rows.width)
    for (number, index) in indices.enumerated() {
      let read = (0..<self.rows).map { rows.values[$0 * width + index] }
      actual.append(read)
      guard let target = targets[number], !transform.isIdentity else {
        levels.append(read)
        values.append(read)
        continue
      }
      let changed = try Self.transformed(read, transform.values, target, columns[number], series)
      levels.append(changed)
      values.append(transform.reference == .difference ? Self.differences(changed, lag: lag) : changed)
    }
  }

  private static func transformed(
    _ values: [Double], _ transform: ValueTransform, _ target: Int, _ column: String, _ series: PreparedSeries
  ) throws(Failure) -> [Double] {
    guard transform != .identity else { return values }
    if let row = values.firstIndex(where: { !$0.isNaN && !transform.accepts($0) }) {
      let time = series.rows.times.map { " (\(timeText($0[row])))" } ?? ""
      let value =
        values[row] == values[row].rounded() && abs(values[row]) < 1e15
        ? "\(Int64(values[row]))" : "\(values[row])"
      throw Failure.data(
        "row \(row - series.padded + 1)\(time), column \(column): \(value) is "
          + "\(transform == .log1p ? "negative" : "not positive"), which \(transform.name) can't transform",
        remedy: "use another --transform" + (transform == .log1p ? "" : ", such as log1p if there are zeros"))
    }
    return values.map { $0.isNaN ? $0 : transform.apply($0, column: target) }
  }

  /// NaN in the first `lag` rows.
  private static func differences(_ values: [Double], lag: Int) -> [Double] {
    values.indices.map { $0 < lag ? .nan : values[$0] - values[$0 - lag] }
  }
}

/// Transforms the columns of one series after another.
struct SeriesTransformer {
  let layout: WindowLayout
  let transform: TargetTransform
  private let columns: [String]
  private let indices: [Int]
  /// The number of each column among the targets.
  private let targets: [Int?]

  /// - Parameter isForecast: whether columns that are only targets may be missing from the schema.
  init(_ layout: WindowLayout, _ transform: TargetTransform, _ schema: SeriesSchema, isForecast: Bool = false)
    throws(Failure)
  {
    (self.layout, self.transform) = (layout, transform)
    columns = layout.columns.filter {
      !isForecast || layout.inputs.contains($0) || schema.columns.contains($0)
    }
    indices = try schema.indices(of: columns)
    targets = columns.map { layout.targets.firstIndex(of: $0) }
  }

  func callAsFunction(_ series: PreparedSeries) throws -> TransformedSeries {
    try PanelSeries(name: series.name, statics: [], rows: series.rows).naming {
      try TransformedSeries(
        series, columns: columns, indices: indices, targets: targets, transform: transform, lag: layout.rate)
    }
  }

  /// The numbers of columns among those of the result.
  func numbers(of names: [String]) throws(Failure) -> [Int] { try columns.indices(of: names) }

  /// The names of the columns of the result.
  var names: [String] { columns }
}
