// rnn-runs list: the runs, newest first.

import ArgumentParser
import Registry
import Stage
import TensorFile

struct ListRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List runs, newest first (the default).")

  @Option(help: ArgumentHelp("Runs of this stage, such as train.", valueName: "stage"))
  var stage: String?

  @Option(
    help: ArgumentHelp("Runs that stand so: running, done, failed or interrupted.", valueName: "status"))
  var status: RunStatus?

  @Option(help: ArgumentHelp("Runs that were given this name.", valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "Runs with this tag; may be repeated; a key alone for any value.", valueName: "key=value"))
  var tag: [String] = []

  @Option(help: ArgumentHelp("At most so many runs (default: 20, with --json all).", valueName: "n"))
  var limit: Int?

  @OptionGroup var common: RunsOptions

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit must not be negative") }
  }

  func perform(_ run: StageRun) throws {
    let shown = limit ?? (run.wantsJSON ? nil : 20)
    let runs = try common.open(run).runs(filter(limit: shown.map { $0 < Int.max ? $0 + 1 : $0 }))
    let listed = shown.map { Array(runs.prefix($0)) } ?? runs
    let text = listed.isEmpty ? "" : Self.table(listed).text(Screen.standardOutput)
    run.result(.array(listed.map(\.json)), text, stream: .output)
    if listed.isEmpty { run.note("no runs") }
    if listed.count < runs.count, limit == nil { run.note("older runs are not shown (--limit n shows more)") }
  }

  private func filter(limit: Int?) -> RunFilter {
    var filter = RunFilter()
    (filter.stage, filter.status, filter.name, filter.limit) = (stage, status, name, limit)
    filter.tags = tag.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return (parts[0], parts.count > 1 ? parts[1] : nil)
    }
    return filter
  }

  private static func table(_ runs: [Run]) -> Table {
    var table = Table([
      .left("ID"), .left("STARTED"), .left("STAGE"), .left("STATUS"), .right("TIME"),
      .left("NAME"), .left("COMMAND"),
    ])
    for run in runs {
      table.add(
        [
          run.shortID, String(run.startedAt.localText.prefix(16)), run.stage, run.status.rawValue,
          Words.seconds(run.wall),
          run.name ?? "", Words.command(run.argv.dropFirst()),
        ], emphasis: Emphasis(run.status))
    }
    return table
  }
}

extension RunStatus: ExpressibleByArgument {}
