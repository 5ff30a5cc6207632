// Columns of a table as JSON that stays small for many rows: texts by their number in a list of distinct ones, and
// columns that few rows have with the numbers of those rows, as distances from one to the next.

import JSON

/// A column of texts.
package struct TextColumn {
  private var values: [String] = []
  private var numbers: [String: Int] = [:]
  private var rows: [Int] = []
  private var at: [Int] = []

  /// A column without rows.
  package init() {}

  /// Sets the text of a row; rows come in ascending order.
  package mutating func set(_ row: Int, _ text: String?) {
    guard let text else { return }
    let number = numbers[text] ?? values.count
    if number == values.count {
      numbers[text] = number
      values.append(text)
    }
    rows.append(row)
    at.append(number)
  }

  /// `{"values": [...]}` if the texts of all rows are different; else with `index`, where -1 is none, or with `rows` and
  /// `index`.
  /// - Parameter count: the number of rows.
  package func json(rows count: Int) -> JSONValue {
    var object: [String: JSONValue] = ["values": .array(values.map(JSONValue.string))]
    if values.count == count, rows.count == count { return .object(object) }
    if isSparse(rows, of: count) {
      object["rows"] = distances(rows)
      object["index"] = integers(at)
    } else {
      object["index"] = integers(spread(at, rows, count, none: -1))
    }
    return .object(object)
  }
}

/// A column of numbers.
package struct NumberColumn {
  private var rows: [Int] = []
  private var numbers: [JSONValue] = []

  /// A column without rows.
  package init() {}

  /// Sets the number of a row; rows come in ascending order.
  package mutating func set(_ row: Int, _ number: Double?) {
    guard let number else { return }
    rows.append(row)
    numbers.append(exactJSON(number))
  }

  /// Sets the number of a row; rows come in ascending order.
  package mutating func set(_ row: Int, _ number: (some BinaryInteger)?) {
    guard let number else { return }
    rows.append(row)
    numbers.append(.integer(Int64(clamping: number)))
  }

  /// `{"numbers": [...]}` with null for none, or with `rows`.
  /// - Parameter count: the number of rows.
  package func json(rows count: Int) -> JSONValue {
    if isSparse(rows, of: count) { return ["numbers": .array(numbers), "rows": distances(rows)] }
    return ["numbers": .array(spread(numbers, rows, count, none: .null))]
  }
}

/// A number as JSON, which has no infinities: they are texts, and what is not a number is null.
func exactJSON(_ number: Double) -> JSONValue {
  number.isInfinite ? .string(number > 0 ? "Infinity" : "-Infinity") : .number(number)
}

/// Whether rows are listed rather than each value of all rows.
private func isSparse(_ rows: [Int], of count: Int) -> Bool { rows.count * 2 < count }

private func spread<Value>(_ values: [Value], _ rows: [Int], _ count: Int, none: Value) -> [Value] {
  var all = Array(repeating: none, count: count)
  for (row, value) in zip(rows, values) where row < count { all[row] = value }
  return all
}

private func integers(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .integer(Int64($0)) }) }

private func distances(_ rows: [Int]) -> JSONValue {
  integers(zip(rows, [0] + rows).map { $0 - $1 })
}
