// The statistics of one column, gathered chunk by chunk.

import JSON
import Stage
import Tensor
import TensorFile

/// The minimum, maximum and mean of a sequence of numbers; NaN and infinities are counted separately.
struct NumberSummary {
  private(set) var count = 0
  private(set) var missing = 0
  private(set) var infinite = 0
  private(set) var least = Double.infinity
  private(set) var greatest = -Double.infinity
  private var sum = 0.0
  private var correction = 0.0

  /// The mean of the finite numbers; nil if there are none.
  var mean: Double? { count > 0 ? (sum + correction) / Double(count) : nil }

  mutating func add(_ value: Double) {
    if value.isNaN { return missing += 1 }
    if value.isInfinite { return infinite += 1 }
    count += 1
    least = min(least, value)
    greatest = max(greatest, value)
    addToSum(value)
  }

  /// Neumaier's compensated sum: a mean over millions of numbers keeps its digits.
  private mutating func addToSum(_ value: Double) {
    let next = sum + value
    correction += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
    sum = next
  }

  /// The statistics as JSON members.
  var members: [String: JSONValue] {
    guard let mean else { return [:] }
    return ["min": .number(least), "max": .number(greatest), "mean": .number(mean)]
  }
}

/// A column's schema and statistics.
struct ColumnSummary {
  let schema: ColumnSchema
  private(set) var values = NumberSummary()
  private(set) var lengths = NumberSummary()

  init(_ schema: ColumnSchema) { self.schema = schema }

  mutating func add(_ column: Column) {
    switch column {
    case .dense(let tensor): tensor.elements.forEachNumber { values.add($0) }
    case .ragged(let ragged):
      ragged.values.elements.forEachNumber { values.add($0) }
      for length in ragged.lengths { lengths.add(Double(length)) }
    }
  }

  /// The type with the shape of a row: `F32[50,1]`, `U8 ragged`.
  var form: String {
    let shape = schema.rowShape.isEmpty ? "" : "[\(schema.rowShape.map(String.init).joined(separator: ","))]"
    return "\(schema.type.rawValue)\(shape)\(schema.isRagged ? " ragged" : "")"
  }

  func json(name: String) -> JSONValue {
    var members = values.members
    members["name"] = .string(name)
    members["type"] = .string(schema.type.rawValue)
    members["row_shape"] = .array(schema.rowShape.map { .integer(Int64($0)) })
    members["ragged"] = .bool(schema.isRagged)
    members["missing"] = .integer(Int64(values.missing))
    members["infinite"] = .integer(Int64(values.infinite))
    if schema.isRagged { members["lengths"] = .object(lengths.members) }
    return .object(members)
  }
}

extension Elements {
  /// Every element as a number, in order, without a copy of them all.
  func forEachNumber(_ body: (Double) -> Void) {
    switch self {
    case .u8(let values): for value in values { body(Double(value)) }
    case .i32(let values): for value in values { body(Double(value)) }
    case .i64(let values): for value in values { body(Double(value)) }
    case .f32(let values): for value in values { body(Double(value)) }
    case .f64(let values): for value in values { body(value) }
    }
  }
}
