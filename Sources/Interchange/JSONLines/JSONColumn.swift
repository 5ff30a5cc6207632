// Columns built from JSON values.

import JSON
import Sequences
import Tensor
import TensorFile

/// A column being built.
struct JSONColumn {
  private let schema: ColumnSchema
  private var builder: ElementBuilder
  private var bytes: [UInt8] = []
  private var lengths: [Int32] = []
  private(set) var rows = 0
  private(set) var elementCount = 0

  init(_ schema: ColumnSchema) {
    self.schema = schema
    builder = ElementBuilder(schema.type)
  }

  /// Appends a row's value; returns whether it matches the type.
  mutating func append(_ value: JSONValue) throws -> Bool {
    rows += 1
    switch value {
    case .string(let text):
      append(text)
      return true
    case .array(let items) where schema.isRagged && schema.type == .u8:
      append(items.compactMap(\.string).joined(separator: ListColumns.separator))
      return true
    case .array(let items) where schema.isRagged: lengths.append(Int32(items.count))
    default: break
    }
    return add(value)
  }

  private mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    lengths.append(Int32(text.utf8.count))
    elementCount += text.utf8.count
  }

  private mutating func add(_ value: JSONValue) -> Bool {
    elementCount += 1
    switch value {
    case .array(let items):
      for item in items where !add(item) { return false }
      return true
    case .integer(let number): return builder.append(String(number))
    case .number(let number): return builder.append(whole(number) ?? number.description)
    case .bool(let flag): return builder.append(flag ? "1" : "0")
    case .null: return builder.append("")
    case .string, .object: return false
    }
  }

  /// An integer's text for integer columns; nil if it isn't an integer or the column is not one of integers.
  private func whole(_ number: Double) -> String? {
    schema.type.isInteger ? Int64(exactly: number).map(String.init) : nil
  }

  /// The finished column.
  var column: Column {
    if schema.isRagged, schema.type == .u8 { return .ragged(Ragged(values: Tensor(bytes), lengths: lengths)) }
    let elements = builder.elements
    guard schema.isRagged else { return .dense(Tensor(shape: [rows] + schema.rowShape, elements: elements)) }
    let total = lengths.reduce(0) { $0 + Int($1) }
    return .ragged(
      Ragged(values: Tensor(shape: [total] + schema.rowShape, elements: elements), lengths: lengths))
  }
}
