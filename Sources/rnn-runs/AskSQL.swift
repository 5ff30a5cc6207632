// rnn-runs sql: runs any query on the documented tables and views.

import ArgumentParser
import Failures
import JSON
import Registry
import Stage

struct AskSQL: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql", abstract: "Query the registry in SQL, read-only.",
    discussion: """
      Tables: runs, params, metrics, artifacts, inputs, outputs, tags; views: stage_outputs, last_metrics, \
      lineage. 'rnn-runs sql "select sql from sqlite_schema"' prints their definitions.
      """)

  @Argument(help: ArgumentHelp("A SELECT statement.", valueName: "query"))
  var query: String

  @Flag(help: "Print CSV.")
  var csv = false

  @OptionGroup var common: RunsOptions

  func validate() throws {
    if csv, common.json { throw ValidationError("--csv and --json can't be combined") }
  }

  func perform(_ run: StageRun) throws {
    _ = try common.open(run)
    var columns: [String] = []
    var rows: [[QueryValue]] = []
    try Registry.query(
      query, at: common.location, columns: { columns = $0 }, row: { rows.append($0) })
    let table = Self.table(columns, rows)
    run.result(
      Self.json(columns, rows), csv ? table.csv : table.text(TableDisplay.standardOutput), stream: .output,
      isColored: !csv)
  }

  private static func table(_ columns: [String], _ rows: [[QueryValue]]) -> Table {
    let isNumeric = columns.indices.map { column in
      rows.contains { $0[column].isNumber } && rows.allSatisfy { $0[column].isNumber || $0[column] == .null }
    }
    var table = Table(zip(columns, isNumeric).map { $1 ? .right($0) : .left($0) })
    for row in rows { table.add(row.map(\.text)) }
    return table
  }

  private static func json(_ columns: [String], _ rows: [[QueryValue]]) -> JSONValue {
    .array(rows.map { row in .object(Dictionary(zip(columns, row.map(\.json))) { $1 }) })
  }
}

extension QueryValue {
  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .number: true
    case .null, .text, .bytes: false
    }
  }

  fileprivate var text: String {
    switch self {
    case .null: ""
    case .integer(let number): String(number)
    case .number(let number): "\(number)"
    case .text(let text): text
    case .bytes(let bytes): counted(bytes.count, "byte")
    }
  }

  fileprivate var json: JSONValue {
    switch self {
    case .null: .null
    case .integer(let number): .integer(number)
    case .number(let number): .number(number)
    case .text(let text): .string(text)
    case .bytes(let bytes): .array(bytes.map { .integer(Int64($0)) })
    }
  }
}
