// rnn-runs export: runs with all that is recorded of them, as a table or as JSON, for other programs.

import ArgumentParser
import Failures
import JSON
import Registry
import Stage

struct ExportRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write runs as CSV, JSON Lines or OpenLineage events.",
    discussion: """
      Runs are selected as in rnn-runs list, and written oldest first. CSV has a line for each run: the columns of \
      the table runs, then param.KEY, tag.KEY, and of each metric its last, smallest and largest value. JSON Lines \
      have the object of rnn-runs show --json for each run, and with --history every value of every metric. \
      openlineage has the events of each run, one a line, as lineage servers such as Marquez collect them.

      EXAMPLES:
        rnn-runs export -o runs.csv
        rnn-runs export --stage train --format jsonl --history -o runs.jsonl
        rnn-runs export --format jsonl | jq 'select(.status == "failed") | .error'
      """)

  /// The formats.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv, jsonl, openlineage
  }

  @OptionGroup var selection: FilterOptions

  @Option(
    help: ArgumentHelp(
      "csv, jsonl or openlineage (default: by the ending of the output, else csv).", valueName: "format"))
  var format: Format?

  @Flag(help: "With JSON: every value of every metric.")
  var history = false

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The output (default: standard output).", valueName: "path"),
    completion: .file())
  var output: String?

  @OptionGroup var common: RunsOptions

  private var chosen: Format {
    format
      ?? (output.flatMap(fileEnding).map { ["jsonl", "json", "ndjson"].contains($0) } == true ? .jsonl : .csv)
  }

  func validate() throws {
    if history, chosen != .jsonl { throw ValidationError("--history needs --format jsonl") }
    if let format, format != .csv, output.flatMap(fileEnding) == "csv" {
      throw ValidationError("the output's name promises CSV, but --format is \(format.rawValue)")
    }
  }

  func perform(_ run: StageRun) throws {
    try run.checkOutput(output, isBinary: false, holds: chosen == .csv ? .csv : .any)
    let registry = try common.open(run)
    try selection.checkNames(registry)
    let filter = try selection.filter()
    let file = try run.file(output)
    switch chosen {
    case .csv:
      let table = try RunTable(registry, filter)
      try file.write(table.header + "\n")
      try registry.forEachRun(filter) { try file.write(table.lines(of: $0)) }
    case .jsonl:
      try registry.forEachRun(filter) { runs in
        for found in runs { try file.write(try json(registry, found).text + "\n") }
      }
    case .openlineage:
      try registry.forEachRun(filter) { runs in
        for found in runs {
          for event in try OpenLineageEvents(registry.details(of: found.id)).events {
            try file.write(event.text + "\n")
          }
        }
      }
    }
    try file.finish()
  }

  private func json(_ registry: Registry, _ run: Run) throws -> JSONValue {
    var object = try registry.details(of: run.id).json.object ?? [:]
    if history { object["history"] = .array(try registry.metrics(of: run.id).map(\.json)) }
    return .object(object)
  }
}

/// Runs as lines of CSV, with a column for each parameter, tag and metric that one of them has.
private struct RunTable {
  private let registry: Registry
  private let parameters: [String]
  private let tags: [String]
  private let metrics: [String]

  private static let columns = [
    "id", "stage", "name", "status", "started_at", "ended_at", "wall_s", "cpu_s", "peak_rss_bytes",
    "exit_code", "error",
    "seed", "version", "cpu_target", "host", "user", "cwd", "command",
  ]

  /// Looks at all runs for what they have.
  init(_ registry: Registry, _ filter: RunFilter) throws {
    var (parameters, tags, metrics) = (Set<String>(), Set<String>(), Set<String>())
    try registry.forEachRun(filter) { runs in
      for row in try registry.compared(runs) {
        parameters.formUnion(row.parameters.keys)
        tags.formUnion(row.tags.keys)
        metrics.formUnion(row.metrics.keys)
      }
    }
    self.registry = registry
    (self.parameters, self.tags, self.metrics) = (parameters.sorted(), tags.sorted(), metrics.sorted())
  }

  var header: String {
    line(
      Self.columns + parameters.map { "param.\($0)" } + tags.map { "tag.\($0)" }
        + metrics.flatMap { name in MetricStatistic.allCases.map { "metric.\(name).\($0.rawValue)" } })
  }

  func lines(of runs: [Run]) throws -> String {
    try registry.compared(runs).map { row in
      let values = metrics.flatMap { name in
        MetricStatistic.allCases.map { row.metrics[name]?[$0].map { "\($0.value)" } ?? "" }
      }
      return line(
        cells(of: row.run) + parameters.map { row.parameters[$0] ?? "" } + tags.map { row.tags[$0] ?? "" }
          + values)
        + "\n"
    }.joined()
  }

  private func cells(of run: Run) -> [String] {
    func text(_ value: (some CustomStringConvertible)?) -> String { value.map { "\($0)" } ?? "" }
    return [
      run.id, run.stage, run.name ?? "", run.status.rawValue, run.startedAt.text, run.endedAt?.text ?? "",
      text(run.wall), text(run.cpu), text(run.peakRSS), text(run.exitCode), run.error ?? "", text(run.seed),
      run.version, run.cpuTarget, run.host, run.user, run.cwd, Words.command(run.argv[...]),
    ]
  }

  private func line(_ cells: [String]) -> String { cells.map(Table.quoted).joined(separator: ",") }
}
