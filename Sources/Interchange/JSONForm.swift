// What the values of one key of a JSON Lines file have in common, and the column that they become.

import Failures
import JSON
import Tensor
import TensorFile

/// The form of a key's values, found out value by value.
struct JSONForm {
  private enum Kind { case unknown, numbers(depth: Int), text }
  private var kind = Kind.unknown
  /// The extents, nil in front where they differ between rows.
  private var shape: [Int?] = []
  private var hasFractions = false
  private var hasOnlyFlags = true

  /// Takes one more value into account.
  /// - Parameter place: line and key for messages.
  mutating func take(_ value: JSONValue, place: String, _ file: String) throws {
    if case .string = value {
      if case .numbers = kind { throw mixed(place, file) }
      kind = .text
      return
    }
    var (extents, leaf): ([Int], Int?) = ([], nil)
    guard survey(value, depth: 0, &extents, &leaf) else {
      throw Failure.data("\(place): this is neither a number, a text nor an even array of numbers", at: file)
    }
    if case .text = kind { throw mixed(place, file) }
    guard merge(extents) else {
      throw Failure.data("\(place): the array has another shape than those before", at: file)
    }
  }

  /// Takes a value's extents; whether they go with those before.
  private mutating func merge(_ extents: [Int]) -> Bool {
    guard case .numbers(let depth) = kind else {
      (kind, shape) = (.numbers(depth: extents.count), extents)
      return true
    }
    // An empty array says nothing of the arrays that others hold.
    if extents == [0], depth > 0 {
      if shape[0] != 0 { shape[0] = nil }
      return true
    }
    if shape == [0], !extents.isEmpty {
      (kind, shape) = (.numbers(depth: extents.count), extents)
      shape[0] = nil
      return true
    }
    guard depth == extents.count, zip(shape, extents).dropFirst().allSatisfy({ $0 == $1 }) else {
      return false
    }
    if let first = shape.first, first != extents[0] { shape[0] = nil }
    return true
  }

  private func mixed(_ place: String, _ file: String) -> Failure {
    .data("\(place): text in one line and numbers in another", at: file)
  }

  /// Notes the extents, how deep the numbers stand, and of what kind they are; whether all is even.
  private mutating func survey(_ value: JSONValue, depth: Int, _ extents: inout [Int], _ leaf: inout Int?)
    -> Bool
  {
    switch value {
    case .array(let items):
      guard depth < 8, leaf.map({ depth < $0 }) ?? true else { return false }
      if depth == extents.count { extents.append(items.count) }
      guard extents[depth] == items.count else { return false }
      for item in items where !survey(item, depth: depth + 1, &extents, &leaf) { return false }
      return true
    case .integer: hasOnlyFlags = false
    case .number, .null: (hasFractions, hasOnlyFlags) = (true, false)
    case .bool: break
    case .string, .object: return false
    }
    if leaf == nil { leaf = depth }
    return leaf == depth && depth == extents.count
  }

  /// The column's form.
  func schema(_ wanted: ElementType?) -> ColumnSchema {
    guard case .numbers = kind else { return ColumnSchema(type: .u8, rowShape: [], isRagged: true) }
    let natural: ElementType = hasOnlyFlags ? .u8 : hasFractions ? .f64 : .i64
    // Ragged bytes are text; ragged flags are numbers.
    let isRagged = shape.first.map { $0 == nil || $0 == 0 } ?? false
    let type = isRagged && (wanted ?? natural) == .u8 ? .i32 : wanted ?? natural
    return ColumnSchema(
      type: type, rowShape: shape.dropFirst(isRagged ? 1 : 0).compactMap { $0 }, isRagged: isRagged)
  }
}

/// A column in the making.
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

  /// Appends a row's value; whether it fits the type.
  mutating func append(_ value: JSONValue) throws -> Bool {
    rows += 1
    switch value {
    case .string(let text):
      bytes.append(contentsOf: text.utf8)
      lengths.append(Int32(text.utf8.count))
      elementCount += text.utf8.count
      return true
    case .array(let items) where schema.isRagged: lengths.append(Int32(items.count))
    default: break
    }
    return add(value)
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

  /// A whole number's text for integer columns; nil where it is none or the column holds fractions.
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
