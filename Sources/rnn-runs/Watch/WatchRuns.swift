// rnn-runs watch: the running stages, live.

import ArgumentParser
import Charts
import Failures
import JSON
import OperatingSystem
import Registry
import Screens
import Stage
import SystemPackage

struct WatchRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Watch running stages: bars, metrics and curves.",
    discussion: """
      Shows what runs, how far it is and how well it does, and what has ended last; of runs that are named, only \
      those, and otherwise those selected as in rnn-runs list. --metric chooses the metric that is drawn. It only \
      reads, and can be started before the registry exists.

      At a terminal, q ends it, the arrows scroll, and Ctrl-Z suspends. Where standard output is no terminal, or \
      TERM is dumb, each change is a line: a start, an epoch, a tenth of the work, an end.

      With --until-done it ends when nothing runs any more, with exit code 65 if a run that it watched has failed \
      or was interrupted.

      EXAMPLES:
        rnn-runs watch
        rnn-runs watch --tag sweep=units --metric val_accuracy
        rnn-runs watch --until-done && rnn-runs best --metric val_loss
        rnn-runs watch --json | jq .running[].fraction
        rnn-runs watch --once
      """)

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subjects: [String] = []

  @OptionGroup var selection: FilterOptions

  @Option(help: ArgumentHelp("Seconds between two looks.", valueName: "seconds"))
  var interval = 1.0

  @Option(help: ArgumentHelp("Show the last n runs that have ended.", valueName: "n"))
  var last = 5

  @Flag(help: "Show what runs now, and end.")
  var once = false

  @Flag(help: "End when nothing runs any more; exit code 65 if a run has failed.")
  var untilDone = false

  @OptionGroup var common: RunsOptions

  func validate() throws {
    if !(0.1...3600).contains(interval) {
      throw ValidationError("--interval must be from 0.1 to 3600 seconds")
    }
    if !(0...100).contains(last) { throw ValidationError("--last must be from 0 to 100") }
    if !subjects.isEmpty, !selection.isEmpty { throw ValidationError("name runs or select them, not both") }
    if once, untilDone { throw ValidationError("--once and --until-done can't be combined") }
    let columns = try selection.columns()
    guard columns.count <= 1, columns.allSatisfy({ $0.choice == .statistic(.last) }) else {
      throw ValidationError("one metric can be drawn: --metric takes its name")
    }
  }

  func perform(_ run: StageRun) throws {
    let watch = WatchSession(self, run, try reader(run))
    if once { return try watch.once() }
    let showsScreen = FileDescriptor.standardOutput.isTerminal && TerminalScreen.isPossible && !run.wantsJSON
    if showsScreen { try watch.onScreen() } else { try watch.asLines() }
  }

  private func reader(_ run: StageRun) throws -> WatchReader {
    var ids: [String]?
    if !subjects.isEmpty {
      let registry = try common.open(run)
      ids = try subjects.map { try registry.run($0, run).id }
    }
    return WatchReader(
      common.location, subjects: ids, filter: try selection.filter(),
      metric: try selection.columns().first?.name,
      last: last, patience: once ? 10 : 0.5)
  }
}
