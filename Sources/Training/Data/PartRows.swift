// The rows of one part while they are collected, column by column; in a file if they are not to stay in memory.

import Failures

/// The rows of a part.
struct PartRows {
  private var columns: ColumnRows
  private let layout: RowLayout
  private var file: RowFile?
  private var stored = 0

  init(_ layout: RowLayout) {
    self.layout = layout
    columns = ColumnRows(layout)
  }

  /// The number of rows.
  private(set) var rows = 0
  /// The size of the rows in memory.
  var bytes: Int { columns.bytes }
  /// The size of all rows as a file has them.
  var fileBytes: Int { rows * layout.rowBytes }

  mutating func append(tokens row: ArraySlice<Int32>, input: Int) { columns.tokens[input] += row }
  mutating func append(features row: ArraySlice<Float>, input: Int) { columns.features[input].append(row) }
  mutating func append(targets row: ArraySlice<Float>, output: Int) { columns.targets[output] += row }
  mutating func append(weight: Float) { columns.weights.append(weight) }
  mutating func append(factors: ArraySlice<Double>) { columns.factors += factors }
  /// Ends a row, after its values have been appended.
  mutating func endRow() { rows += 1 }

  /// Moves the rows in memory to the file, some at a time.
  mutating func store() throws {
    let (kept, file) = (rows - stored, try file ?? RowFile(layout))
    self.file = file
    let size = max(1, (4 << 20) / max(1, layout.rowBytes))
    for start in stride(from: 0, to: kept, by: size) {
      let (data, factors) = columns.read(Array(start..<min(start + size, kept)))
      try file.append(data, factors: factors)
    }
    stored = rows
    columns = ColumnRows(layout)
  }

  /// All rows; nil if there are none.
  mutating func source() throws -> RowSet? {
    guard rows > 0 else { return nil }
    if file != nil { try store() }
    if let file { return RowSet(file, rows: rows) }
    return columns.isShared
      ? RowSet(columns, rows: rows) : RowSet(columns.all, factors: columns.factors)
  }
}

/// Rows in memory, column by column.
private struct ColumnRows: RowStore {
  let layout: RowLayout
  /// The inputs, of which either ids or numbers are used.
  var tokens: [[Int32]]
  var features: [WindowRows]
  var targets: [[Float]]
  var weights: [Float] = []
  var factors: [Double] = []

  init(_ layout: RowLayout) {
    self.layout = layout
    tokens = layout.inputs.map { _ in [] }
    features = layout.inputs.map { WindowRows(width: $0.width, stepWidth: $0.stepWidth) }
    targets = layout.targets.map { _ in [] }
  }

  /// The size in memory.
  var bytes: Int {
    let numbers = tokens.reduce(0) { $0 + $1.count } + targets.reduce(0) { $0 + $1.count } + weights.count
    return 4 * numbers + 8 * factors.count + features.reduce(0) { $0 + $1.bytes }
  }

  /// Whether rows of an input share their numbers.
  var isShared: Bool { features.contains(where: \.isShared) }

  /// All rows, if none share their numbers.
  var all: DataSet {
    let inputs = layout.inputs.enumerated().map { number, shape in
      shape.isTokens ? DataSet.Input.tokens(tokens[number]) : .features(features[number].values)
    }
    return DataSet(
      rows: targets[0].count / layout.targets[0], inputs: inputs,
      targets: zip(targets, layout.targets).map { DataSet.Targets($0, width: $1) }, weights: weights)
  }

  func read(_ rows: [Int]) -> (data: DataSet, factors: [Double]) {
    let inputs = layout.inputs.enumerated().map { number, shape in
      shape.isTokens
        ? DataSet.Input.tokens(gathered(tokens[number], rows, shape.width))
        : .features(features[number].rows(rows))
    }
    let data = DataSet(
      rows: rows.count, inputs: inputs,
      targets: zip(targets, layout.targets).map { DataSet.Targets(gathered($0, rows, $1), width: $1) },
      weights: gathered(weights, rows, layout.weights))
    return (data, gathered(factors, rows, layout.factors))
  }
}

/// The values of some rows that have `width` each.
private func gathered<T>(_ values: [T], _ rows: [Int], _ width: Int) -> [T] {
  var result: [T] = []
  result.reserveCapacity(rows.count * width)
  for row in rows { result += values[row * width..<(row + 1) * width] }
  return result
}
