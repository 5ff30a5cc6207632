// rnn-runs browse: a spreadsheet of runs in the terminal.

import ArgumentParser
import Failures
import JSON
import OperatingSystem
import Registry
import Screens
import Stage
import SystemPackage

struct BrowseRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "browse", abstract: "Browse runs in a spreadsheet at the terminal.",
    discussion: """
      Shows the runs, newest first: all, or those selected as in rnn-runs list; --metric chooses the metrics that are \
      shown. The arrows move, s and S sort by a column, / filters, Space marks, c compares the marked runs, Enter shows \
      a run, ? lists all keys, q quits.

      y quits and prints the id of the run, or of those that are marked, so that browse can choose runs for other \
      commands: it uses the terminal itself, not standard output.

      EXAMPLES:
        rnn-runs browse
        rnn-runs browse --stage train --since 1w --metric val_loss:min
        rnn-runs show $(rnn-runs browse)
      """)

  @OptionGroup var selection: FilterOptions

  @OptionGroup var common: RunsOptions

  func perform(_ run: StageRun) throws {
    let terminal = try terminal()
    let registry = try common.open(run)
    try selection.checkNames(registry)
    let chosen = try browse(registry, terminal, run)
    let runs = try registry.runs(withIDs: chosen)
    if !runs.isEmpty || run.wantsJSON {
      run.result(.array(runs.map(\.json)), runs.map(\.id).joined(separator: "\n"), stream: .output)
    }
  }

  private func terminal() throws(Failure) -> OpenFile {
    let problem = "needs a terminal"
    guard TerminalScreen.isPossible, let file = try? OpenFile(writing: "/dev/tty"), file.descriptor.isTerminal
    else {
      let remedy = "rnn-runs list prints runs anywhere"
      throw Failure.usage(
        TerminalScreen.isPossible ? problem : "\(problem) that can move the cursor, which TERM doesn't name",
        at: "browse", remedy: remedy)
    }
    return file
  }

  private func browse(_ registry: Registry, _ terminal: OpenFile, _ run: StageRun) throws -> [String] {
    let session = try BrowserSession(registry, common.location, selection)
    let screen = TerminalScreen(input: terminal.descriptor, output: terminal.descriptor, run: run)
    defer { screen.leave() }
    return try session.run(on: screen, run)
  }
}
