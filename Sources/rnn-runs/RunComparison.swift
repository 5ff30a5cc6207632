// The table of compared runs: a row for each, with the parameters that differ, metrics, time and status.

import Failures
import JSON
import Registry
import Spelling
import Stage

struct RunComparison {
  /// The runs, in the order of the table.
  private(set) var rows: [ComparedRun]
  /// Their metrics.
  let values: MetricValues
  /// The parameters of which not all runs have the same value. Runs without any, which ended before they knew theirs, don't
  /// count: otherwise every parameter of the others would differ.
  private let parameters: [String]

  init(_ rows: [ComparedRun], _ values: MetricValues) {
    (self.rows, self.values) = (rows, values)
    let known = rows.map(\.parameters).filter { !$0.isEmpty }
    let keys = Set(known.flatMap(\.keys))
    parameters = keys.filter { key in Set(known.map { $0[key] }).count > 1 }.sorted()
  }

  /// A cell, as text and, where it is one, as a number.
  private struct Cell {
    let text: String
    let number: Double?
  }

  private enum Column: Equatable {
    case run, name, stage, status, time, started
    case parameter(String)
    case metric(MetricColumn)

    /// Whether its cells are numbers where they can be read as such.
    var canBeNumeric: Bool {
      switch self {
      case .run, .name, .stage, .status, .started: false
      case .time, .parameter, .metric: true
      }
    }

    var heading: String {
      switch self {
      case .run: "run"
      case .name: "name"
      case .stage: "stage"
      case .status: "status"
      case .time: "time"
      case .started: "started"
      case .parameter(let key): key
      case .metric(let column): column.heading
      }
    }
  }

  /// Names and stages are shown if they say something.
  private var columns: [Column] {
    let hasNames = rows.contains { $0.run.name != nil }
    let hasStages = Set(rows.map(\.run.stage)).count > 1
    return [.run] + (hasNames ? [.name] : []) + (hasStages ? [.stage] : [])
      + parameters.map(Column.parameter) + values.columns.map(Column.metric) + [.time, .status, .started]
  }

  private func cell(_ row: ComparedRun, _ column: Column, digits: Int?) -> Cell {
    switch column {
    case .run: return Cell(text: digits == nil ? row.run.id : row.run.shortID, number: nil)
    case .name: return Cell(text: row.run.name ?? "", number: nil)
    case .stage: return Cell(text: row.run.stage, number: nil)
    case .status: return Cell(text: row.run.status.rawValue, number: nil)
    case .time:
      let text = digits == nil ? row.run.wall.map { "\($0)" } ?? "" : Words.seconds(row.run.wall)
      return Cell(text: text, number: row.run.wall)
    case .started:
      let time = row.run.startedAt
      let text = digits == nil ? time.text : String(time.localText.prefix(16))
      return Cell(text: text, number: Double(time.milliseconds))
    case .parameter(let key):
      let value = row.parameters[key]
      return Cell(text: value ?? (digits == nil ? "" : "-"), number: value.flatMap { Double($0) })
    case .metric(let column):
      let value = values[row.run, column]
      return Cell(text: value.map { digits == nil ? "\($0)" : Words.number($0) } ?? "", number: value)
    }
  }

  /// Sorts the rows by a column: as numbers if it has only numbers, else as text. Runs without a value are last.
  /// - Throws: `Failure` (usage) if there is no such column.
  mutating func sort(by heading: String, descending: Bool) throws {
    let columns = self.columns + [.name, .stage]
    guard let column = columns.first(where: { $0.heading == heading.lowercased() || $0.heading == heading })
    else {
      throw Failure.usage(
        "there is no column '\(heading)'", at: "--sort",
        remedy: suggestion(for: heading, among: columns.map(\.heading)))
    }
    let cells = rows.map { cell($0, column, digits: nil) }
    let filled = cells.indices.filter { !cells[$0].text.isEmpty }
    let isNumeric = filled.allSatisfy { cells[$0].number != nil }
    let order = filled.sorted { a, b in
      let (first, second) = descending ? (cells[b], cells[a]) : (cells[a], cells[b])
      if isNumeric, let x = first.number, let y = second.number, x != y { return x < y }
      if !isNumeric, first.text != second.text { return first.text < second.text }
      return a < b
    }
    rows = (order + cells.indices.filter { cells[$0].text.isEmpty }).map { rows[$0] }
  }

  /// - Parameter digits: significant digits of a value, for people; nil for all, for programs.
  func table(digits: Int?) -> Table {
    let columns = self.columns
    var table = Table(
      columns.map { column in
        let isNumeric = column.canBeNumeric && rows.contains { cell($0, column, digits: nil).number != nil }
        let heading = digits == nil ? column.heading : column.heading.headingText
        return isNumeric ? .right(heading) : .left(heading)
      })
    for row in rows {
      table.add(columns.map { cell(row, $0, digits: digits).text }, emphasis: Emphasis(row.run.status))
    }
    return table
  }

  /// One object for each run.
  var json: JSONValue {
    .array(
      rows.map { row in
        .object([
          "id": .string(row.run.id), "name": row.run.name.map(JSONValue.string) ?? .null,
          "stage": .string(row.run.stage), "status": .string(row.run.status.rawValue),
          "started_at": .string(row.run.startedAt.text),
          "wall_s": row.run.wall.map(JSONValue.number) ?? .null,
          "params": .object(
            Dictionary(parameters.map { ($0, row.parameters[$0].map(JSONValue.string) ?? .null) }) {
              first, _ in first
            }),
          "metrics": values.json(of: row.run),
        ])
      })
  }
}

extension String {
  /// The words of the program in capitals, as the other tables have them; names of others as they are.
  fileprivate var headingText: String {
    ["run", "name", "stage", "status", "time", "started"].contains(self) ? uppercased() : self
  }
}

extension ComparedRun {
  /// The run's name, if it has one, and its short id.
  var label: String { [run.name, run.shortID].compactMap { $0 }.joined(separator: " ") }
}
