// Runs as lines of CSV, for rnn-runs export.

import Registry
import Stage

/// Runs as lines of CSV, with a column for each parameter, tag and metric that one of them has.
struct RunTable {
  private let registry: Registry
  private var parameters: [String] = []
  private var tags: [String] = []
  private var metrics: [String] = []

  private static let columns = [
    "id", "stage", "name", "status", "started_at", "ended_at", "wall_s", "cpu_s", "peak_rss_bytes",
    "exit_code", "error",
    "seed", "version", "cpu_target", "host", "user", "cwd", "command",
  ]

  init(_ registry: Registry) { self.registry = registry }

  /// Takes note of what runs have; all must be noted before the header.
  mutating func note(_ runs: [Run]) throws {
    let rows = try registry.compared(runs)
    parameters = Set(rows.flatMap(\.parameters.keys)).union(parameters).sorted()
    tags = Set(rows.flatMap(\.tags.keys)).union(tags).sorted()
    metrics = Set(rows.flatMap(\.metrics.keys)).union(metrics).sorted()
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
