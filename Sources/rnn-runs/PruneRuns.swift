// rnn-runs prune: removes many runs from the registry, after saying which.

import ArgumentParser
import Failures
import JSON
import Registry
import Stage

struct PruneRuns: RunsCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove the runs that are selected; their files stay.",
    discussion: """
      Runs are selected as in rnn-runs list. Says what it will remove and asks, unless --yes is given. A run that is \
      still going on is not removed, and neither is one from whose data a run that stays was made, so that no origin \
      is lost, unless --cut is given.

      EXAMPLES:
        rnn-runs prune --status failed --until 30d
        rnn-runs prune --stage plot --dry-run
        rnn-runs prune --tag sweep=first --metric 'val_loss>0.5' --yes
      """)

  @OptionGroup var selection: FilterOptions

  @Flag(help: "Also remove runs from whose data others were made.")
  var cut = false

  @Flag(help: "Only say what would be removed.")
  var dryRun = false

  @Flag(name: [.long, .customShort("y")], help: "Don't ask.")
  var yes = false

  @OptionGroup var common: RunsOptions

  func validate() throws {
    if selection.isEmpty { throw ValidationError("say which runs, such as --status failed --until 30d") }
  }

  func perform(_ run: StageRun) throws {
    let registry = try common.open(run)
    try selection.checkNames(registry)
    let selected = try registry.runs(selection.filter()).filter { $0.status != .running }
    let kept = cut ? [] : try registry.neededByOthers(selected.map(\.id))
    let removed = selected.filter { !kept.contains($0.id) }
    guard !removed.isEmpty else {
      return finish([], kept.count, run, "nothing to remove\(Self.note(kept.count))")
    }
    if dryRun {
      Self.lines(removed, kept.count).forEach(run.note)
      return finish(removed, kept.count, run, "\(counted(removed.count, "run")) would be removed")
    }
    guard
      try yes
        || run.asks(
          Self.lines(removed, kept.count), "remove \(counted(removed.count, "run"))?", remedy: "use --yes")
    else { return run.note("nothing is removed") }
    try registry.remove(removed.map(\.id))
    finish(
      removed, kept.count, run, "\(counted(removed.count, "run")) removed\(yes ? Self.note(kept.count) : "")")
  }

  private func finish(_ removed: [Run], _ kept: Int, _ run: StageRun, _ text: String) {
    run.result(
      ["removed": .array(removed.map { .string($0.id) }), "kept": .integer(Int64(kept))], text,
      stream: .output)
  }

  private static let mostShown = 20

  /// What will be removed, as lines for people.
  private static func lines(_ runs: [Run], _ kept: Int) -> [String] {
    let shown = runs.prefix(mostShown).map {
      printable("\($0.id) \($0.status.rawValue) \($0.stage) \(Words.command($0.argv.dropFirst()))")
    }
    let stages = Dictionary(grouping: runs, by: \.stage).map { "\($0.value.count) \($0.key)" }.sorted()
    let more =
      runs.count > mostShown
      ? ["... and \(runs.count - mostShown) more; in all \(stages.joined(separator: ", "))"] : []
    return shown + more + (kept > 0 ? [String(note(kept).dropFirst(2))] : [])
  }

  private static func note(_ kept: Int) -> String {
    switch kept {
    case 0: ""
    case 1: "; 1 run is kept, since others were made from its data (--cut removes it too)"
    default: "; \(kept) runs are kept, since others were made from their data (--cut removes them too)"
    }
  }
}
