// Text files in JSON Lines: an object in each line, with fields for the text and the label.

import ByteStreams
import Failures
import JSON

/// The rows of a JSON Lines file. Empty lines are skipped, as in most readers of the format.
struct JSONRecords: TextRecords {
  private var lines: LineReader
  private let options: TextOptions
  private(set) var columns: TextColumns?
  private var names: [String] = []

  var line: Int { lines.number }
  var description: String? {
    columns == TextColumns(text: ["text"], label: "label")
      ? nil : columns?.description(ignoring: names).replacing("column", with: "field")
  }

  init(_ source: any ByteSource, named name: String, _ options: TextOptions) {
    lines = LineReader(source, named: name)
    lines.numberInFile = options.numberInFile
    self.options = options
  }

  mutating func next() throws -> TextRecord? {
    guard let line = try lines.nextFilled() else { return nil }
    guard let object = try JSONValue(parsing: line).object else { throw Failure.data("is not a JSON object") }
    return try record(object)
  }

  private mutating func record(_ object: [String: JSONValue]) throws(Failure) -> TextRecord {
    let columns = if let known = self.columns { known } else { try choose(object) }
    var texts: [String] = []
    for name in columns.text { texts.append(try text(name, in: object)) }
    let value = columns.label.flatMap { object[$0] }
    let label = try Self.label(value, options)
    return TextRecord(label: label, text: Array(texts.joined(separator: " ").utf8)[...])
  }

  private mutating func choose(_ object: [String: JSONValue]) throws(Failure) -> TextColumns {
    names = object.keys.sorted()
    let texts = names.filter { if case .string = object[$0] { true } else { false } }
    var options = options
    // The format has no header that could be missing.
    options.header = .absent
    if texts.isEmpty, let wrong = names.first(where: { $0 == "text" }) { _ = try text(wrong, in: object) }
    let columns: TextColumns
    do { columns = try TextColumns(names, candidates: texts, options) } catch {
      throw Failure(
        error.kind, error.problem.replacing("column", with: "field"), at: error.place, remedy: error.remedy)
    }
    self.columns = columns
    return columns
  }

  private func text(_ name: String, in object: [String: JSONValue]) throws(Failure) -> String {
    switch object[name] {
    case .string(let text): return text
    case nil:
      throw Failure.data(
        "has no field \(name) (fields: \(object.keys.sorted().prefix(12).joined(separator: ", ")))")
    case .null: throw Failure.data("the field \(name) is null", remedy: "remove the line, or give it a text")
    case .object: throw Failure.data("the field \(name) is an object, not a string")
    case .array: throw Failure.data("the field \(name) is an array, not a string", remedy: "join its strings")
    default: throw Failure.data("the field \(name) is not a string")
    }
  }

  private static func label(
    _ value: JSONValue?, _ options: TextOptions
  ) throws(Failure) -> TextRecord.Label? {
    switch value {
    case nil, .null: return nil
    case .string(let name): return LabelText.label(name, separator: options.labelSeparator)
    case .integer(let number): return .integer(number)
    case .bool(let flag): return .name(flag ? "true" : "false")
    case .number(let number):
      if let whole = Int64(exactly: number) { return .integer(whole) }
      return .number(number)
    case .array(let items):
      var names: [String] = []
      for item in items {
        switch item {
        case .string(let name): names.append(name)
        case .integer(let number): names.append(String(number))
        default: throw Failure.data("a label in the list is neither a string nor a whole number")
        }
      }
      return .several(names)
    case .object:
      throw Failure.data("the label is an object", remedy: "name another field with --label-column")
    }
  }
}
