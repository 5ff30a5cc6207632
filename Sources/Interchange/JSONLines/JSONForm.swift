// The common form of the values of one key in a JSON Lines file, and the column type that they become.

import Failures
import JSON
import Sequences
import Tensor
import TensorFile

/// The form of a key's values, determined value by value.
struct JSONForm {
  private enum Kind { case unknown, numbers(depth: Int), text, texts }
  private var kind = Kind.unknown
  /// The extents, nil in front if they differ between rows.
  private var shape: [Int?] = []
  private var hasFractions = false
  private var hasOnlyFlags = true

  /// Takes one more value into account.
  /// - Parameter location: line and key for messages.
  mutating func take(_ value: JSONValue, location: String, _ file: String) throws {
    if case .string = value { return try take(.text, location, file) }
    if let items = value.array, items.contains(where: { $0.string != nil }) || isList && items.isEmpty {
      try check(items, location, file)
      return try take(.texts, location, file)
    }
    var (extents, leaf): ([Int], Int?) = ([], nil)
    guard survey(value, depth: 0, &extents, &leaf) else {
      throw Failure.data(
        "\(location): this is neither a number nor text nor a regular array of numbers", at: file)
    }
    switch kind {
    case .text, .texts: throw mixed(location, file)
    case .unknown, .numbers: break
    }
    guard merge(extents) else {
      throw Failure.data("\(location): the array's shape differs from earlier ones", at: file)
    }
  }

  /// Takes a value's extents into account; returns whether they are compatible with earlier ones.
  private mutating func merge(_ extents: [Int]) -> Bool {
    guard case .numbers(let depth) = kind else {
      (kind, shape) = (.numbers(depth: extents.count), extents)
      return true
    }
    // An empty array says nothing about nested arrays.
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

  /// Whether rows are lists of text.
  var isList: Bool { if case .texts = kind { true } else { false } }

  private mutating func take(_ found: Kind, _ location: String, _ file: String) throws {
    switch (kind, found) {
    case (.unknown, _), (.text, .text), (.texts, .texts): break
    // Empty arrays are lists of anything.
    case (.numbers, .texts) where shape == [0]: break
    default: throw mixed(location, file)
    }
    kind = found
  }

  private func check(_ items: [JSONValue], _ location: String, _ file: String) throws {
    for item in items {
      guard let text = item.string else {
        throw Failure.data("\(location): the list has text and other values", at: file)
      }
      guard !text.isEmpty, !text.contains(ListColumns.separator) else {
        throw Failure.data(
          "\(location): a text in the list is empty or contains U+001F", at: file)
      }
    }
  }

  private func mixed(_ location: String, _ file: String) -> Failure {
    .data(
      "\(location): this is of another kind than in the lines before: text, a list of texts, or numbers",
      at: file)
  }

  /// Records the extents, the depth of the numbers, and their kind; returns whether the array is regular.
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
