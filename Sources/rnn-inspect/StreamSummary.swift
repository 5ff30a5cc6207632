// A stream read from its first row to its end mark, and the summary of its contents.

import JSON
import Sequences
import Tensor
import TensorFile

/// The contents of a stream.
struct StreamSummary {
  let header: StreamHeader
  private(set) var rows = 0
  private(set) var columns: [String: ColumnSummary]
  private(set) var firstRows: [[String: JSONValue]] = []
  private(set) var provenance: [Provenance] = []
  /// The layers, if it is a model.
  let model: ModelTable?
  /// The first and the last time, and the step, if it has times.
  private(set) var times: TimeSummary?
  /// The rows of each class, if `y` has classes with names.
  private(set) var classes: ClassCounts?

  /// Reads all of `reader`.
  /// - Throws: `Failure` if the stream is truncated or damaged.
  init(reading reader: TensorReader, firstRows limit: Int) throws {
    header = reader.header
    columns = reader.schema.mapValues(ColumnSummary.init)
    model = try ModelTable(reader.header)
    times = try TimeSummary(reader)
    classes = try ClassCounts(reader)
    while let chunk = try reader.next() { add(chunk, limit: limit) }
    provenance = reader.provenance
  }

  private mutating func add(_ chunk: Chunk, limit: Int) {
    rows += chunk.rows
    times?.add(chunk)
    classes?.add(chunk)
    for (name, column) in chunk.columns { columns[name]?.add(column) }
    let wanted = min(limit - firstRows.count, chunk.rows)
    guard wanted > 0 else { return }
    let shown = chunk.columns.mapValues { rowValues($0, count: wanted) }
    for row in 0..<wanted { firstRows.append(shown.compactMapValues { $0[row] }) }
  }
}

/// The first `count` rows of a column: numbers, nested lists of numbers, or text for ragged bytes.
private func rowValues(_ column: Column, count: Int) -> [JSONValue] {
  switch column {
  case .dense(let tensor):
    return (0..<count).map { nested(tensor.slice($0..<$0 + 1).elements, shape: tensor.rowShape) }
  case .ragged(let ragged):
    let offsets = ragged.offsets
    return (0..<count).map { row in
      let part = ragged.values.slice(offsets[row]..<offsets[row + 1])
      if case .u8(let bytes) = part.elements { return .string(String(decoding: bytes, as: UTF8.self)) }
      return nested(part.elements, shape: part.shape)
    }
  }
}

/// Elements in C order as lists within lists.
private func nested(_ elements: Elements, shape: [Int]) -> JSONValue {
  var numbers = elements.jsonNumbers
  for extent in shape.dropFirst().reversed() {
    guard extent > 0 else { return .array([]) }
    numbers = stride(from: 0, to: numbers.count, by: extent).map { .array(Array(numbers[$0..<$0 + extent])) }
  }
  return shape.isEmpty ? numbers.first ?? .null : .array(numbers)
}

extension Elements {
  /// Every element as JSON, whole numbers to the last digit.
  fileprivate var jsonNumbers: [JSONValue] {
    switch self {
    case .u8(let values): values.map { .integer(Int64($0)) }
    case .i32(let values): values.map { .integer(Int64($0)) }
    case .i64(let values): values.map { .integer($0) }
    case .f32(let values): values.map { .number(Double("\($0)") ?? Double($0)) }
    case .f64(let values): values.map { .number($0) }
    }
  }
}
