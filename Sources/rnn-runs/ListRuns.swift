// rnn-runs list: the runs, newest first.

import ArgumentParser
import Registry
import Stage

struct ListRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List runs, newest first (the default).")

  @Option(
    help: ArgumentHelp("Only runs of this stage, such as train.", valueName: "stage"),
    completion: .list([
      "download", "synth", "tokenize", "pad", "window", "split", "train", "predict", "plot", "convert",
    ]))
  var stage: String?

  @Option(
    help: ArgumentHelp(
      "Only runs with this status: running, done, failed or interrupted.", valueName: "status"))
  var status: RunStatus?

  @Option(help: ArgumentHelp("Only runs with this name.", valueName: "name"), completion: .runName)
  var name: String?

  @Option(
    help: ArgumentHelp(
      "Only runs with this tag; a key alone matches any value; may be repeated.", valueName: "key=value"))
  var tag: [String] = []

  @Option(help: ArgumentHelp("At most this many runs (default: 20; all with --json).", valueName: "n"))
  var limit: Int?

  @OptionGroup var common: RunsOptions

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit must not be negative") }
  }

  func perform(_ run: StageRun) throws {
    let shown = limit ?? (run.wantsJSON ? nil : 20)
    let runs = try common.open(run).runs(filter(limit: shown.map { $0 < Int.max ? $0 + 1 : $0 }))
    let listed = shown.map { Array(runs.prefix($0)) } ?? runs
    let text = listed.isEmpty ? "" : Self.table(listed).text(TableDisplay.standardOutput)
    run.result(.array(listed.map(\.json)), text, stream: .output, isColored: true)
    if runs.isEmpty { run.note("no runs") }
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
