// rnn-runs list: the runs, newest first.

import ArgumentParser
import JSON
import Registry
import Stage

struct ListRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List runs, newest first (the default).",
    discussion: """
      METRIC is the last value of the run's main metric: val_loss, else loss, and so on. --metric shows others \
      instead, and conditions select runs.

      EXAMPLES:
        rnn-runs list --stage train --status done --tag project=imdb
        rnn-runs list --since yesterday --status failed
        rnn-runs list --param 'epochs>=10' --metric 'val_loss<0.3' --metric val_accuracy:max
      """)

  @OptionGroup var selection: FilterOptions

  @Option(help: ArgumentHelp("At most this many runs (default: 20; all with --json).", valueName: "n"))
  var limit: Int?

  @OptionGroup var common: RunsOptions

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit must not be negative") }
  }

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    try selection.checkNames(registry)
    let shown = limit ?? (run.wantsJSON ? nil : 20)
    let runs = try registry.runs(selection.filter(limit: shown.map { $0 < Int.max ? $0 + 1 : $0 }))
    let listed = shown.map { Array(runs.prefix($0)) } ?? runs
    let values = try MetricValues(selection.columns(), of: listed, in: registry)
    let text = listed.isEmpty ? "" : Self.table(listed, values).text(TableDisplay.standardOutput)
    run.result(.array(listed.map { Self.json($0, values) }), text, stream: .output, isColored: true)
    if runs.isEmpty { run.note("no runs") }
    if listed.count < runs.count, limit == nil { run.note("older runs are not shown (--limit n shows more)") }
  }

  private static func json(_ run: Run, _ values: MetricValues) -> JSONValue {
    var object = run.json.object ?? [:]
    object["metric"] = values.main(of: run)?.json ?? .null
    if !values.columns.isEmpty { object["metrics"] = values.json(of: run) }
    return .object(object)
  }

  private static func table(_ runs: [Run], _ values: MetricValues) -> Table {
    let metrics =
      values.columns.isEmpty ? [.left("METRIC")] : values.columns.map { Table.Heading.right($0.heading) }
    var table = Table(
      [.left("ID"), .left("STARTED"), .left("STAGE"), .left("STATUS"), .right("TIME")] + metrics
        + [.left("NAME"), .left("COMMAND")])
    for run in runs {
      let shown =
        values.columns.isEmpty
        ? [values.main(of: run).map { "\($0.name) \(Words.number($0.value))" } ?? ""]
        : values.columns.map { values[run, $0].map(Words.number) ?? "" }
      table.add(
        [
          run.shortID, String(run.startedAt.localText.prefix(16)), run.stage, run.status.rawValue,
          Words.seconds(run.wall),
        ] + shown + [run.name ?? "", Words.command(run.argv.dropFirst())], emphasis: Emphasis(run.status))
    }
    return table
  }
}
