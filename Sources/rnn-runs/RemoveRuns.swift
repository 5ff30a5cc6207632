// rnn-runs rm: removes runs from the registry, after saying which.

import ArgumentParser
import Failures
import JSON
import Registry
import Stage

struct RemoveRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove runs from the registry; their files stay.",
    discussion: """
      Prints the runs and asks, unless --yes is given. A run that is still going on is not removed.

      EXAMPLES:
        rnn-runs rm k7f3m2xq
        rnn-runs rm --yes @-1 @-2
      """)

  @Argument(help: ArgumentHelp(runHelp, valueName: "run"), completion: .runOrFile)
  var subjects: [String]

  @Flag(name: [.long, .customShort("y")], help: "Don't ask.")
  var yes = false

  @OptionGroup var common: RunsOptions

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    var found: [Run] = []
    for subject in subjects {
      let next = try registry.run(subject, run)
      if !found.contains(where: { $0.id == next.id }) { found.append(next) }
    }
    if let running = found.first(where: { $0.status == .running }) {
      throw Failure.usage("the run is still going on", at: running.id, remedy: "end it first")
    }
    guard try yes || agrees(to: found, run) else {
      run.note("nothing is removed")
      return
    }
    try registry.remove(found.map(\.id))
    run.result(
      ["removed": .array(found.map { .string($0.id) })], "\(counted(found.count, "run")) removed",
      stream: .output)
  }

  /// Shows the runs and asks at the terminal.
  private func agrees(to runs: [Run], _ run: StageRun) throws -> Bool {
    let lines = runs.map { "\($0.id) \($0.stage) \(Words.command($0.argv.dropFirst()))" }
    return try run.asks(lines, "remove \(counted(runs.count, "run"))?", remedy: "use --yes")
  }
}
