// A series in a line of JSON, as the CSV file that the readers of series know: an array of rows, or an object of columns.
//
//   [{"time": "2026-01-01", "load": 3.5}, {"time": "2026-01-02", "load": 4}]
//   {"time": ["2026-01-01", "2026-01-02"], "load": [3.5, 4], "station": "north"}
//
// A column that is a single value has it in all rows.

import Failures
import JSON
import Sequences

/// Rows with named columns.
struct RecordTable {
  /// The names of the columns.
  private(set) var names: [String]
  private var rows: [[JSONValue]]

  /// - Throws: `Failure` (data) if it is neither.
  init(_ value: JSONValue) throws(Failure) {
    switch value {
    case .array(let items): (names, rows) = try Self.table(rows: items)
    case .object(let columns): (names, rows) = try Self.table(columns: columns)
    default: throw Failure.data("a series is an array of rows, or an object of columns")
    }
    guard !rows.isEmpty, !names.isEmpty else { throw Failure.data("the series is empty") }
  }

  private static func table(rows items: [JSONValue]) throws(Failure) -> ([String], [[JSONValue]]) {
    let names = (items.first?.object ?? [:]).keys.sorted()
    var rows: [[JSONValue]] = []
    for (number, item) in items.enumerated() {
      guard let object = item.object else {
        throw Failure.data("row \(number) of the series is not an object")
      }
      guard object.count == names.count, names.allSatisfy({ object[$0] != nil }) else {
        throw Failure.data("row \(number) of the series has other columns than the first one")
      }
      rows.append(names.map { object[$0] ?? .null })
    }
    return (names, rows)
  }

  private static func table(columns: [String: JSONValue]) throws(Failure) -> ([String], [[JSONValue]]) {
    let names = columns.keys.sorted()
    let arrays = names.compactMap { columns[$0]?.array }
    guard let count = arrays.first?.count else {
      throw Failure.data("a column of the series must be an array", remedy: "give the values of each column")
    }
    guard arrays.allSatisfy({ $0.count == count }) else {
      throw Failure.data("the columns of the series differ in length")
    }
    let values = names.map { columns[$0] ?? .null }
    let rows = (0..<count).map { row in values.map { $0.array?[row] ?? $0 } }
    return (names, rows)
  }

  /// Adds a column with one value in all rows, unless there is one with its name.
  mutating func add(_ name: String, _ value: String) {
    guard !names.contains(name) else { return }
    names.append(name)
    rows = rows.map { $0 + [.string(value)] }
  }

  /// The rows as CSV with commas, after a header.
  /// - Throws: `Failure` (data) if a value is neither a number, nor a text, nor null.
  var csv: String {
    get throws(Failure) {
      var text = names.map(csvField).joined(separator: ",") + "\n"
      for row in rows {
        var cells: [String] = []
        for (name, value) in zip(names, row) { cells.append(try Self.cell(value, column: name)) }
        text += cells.joined(separator: ",") + "\n"
      }
      return text
    }
  }

  private static func cell(_ value: JSONValue, column: String) throws(Failure) -> String {
    switch value {
    case .null: return ""
    case .integer, .number: return value.text
    case .string(let text): return csvField(text)
    case .bool, .array, .object:
      throw Failure.data(
        "\(value.text.prefix(40)) is neither a number nor a text", at: "column \(name(column))")
    }
  }

  /// A column's name in a message.
  private static func name(_ column: String) -> String { column.isEmpty ? "''" : column }
}
