// rnn-runs: the history of runs and the origin of data. The subcommands share these options.

import ArgumentParser
import Failures
import Registry
import Stage
import TensorFile

/// The command `rnn-runs`.
public struct Runs: ParsableCommand {
  /// The help.
  public static let configuration = CommandConfiguration(
    commandName: "rnn-runs",
    abstract: "Show the history of runs, and where data came from.",
    discussion: """
      Every stage records its command line, inputs, outputs and result in the registry, which is one SQLite file: \
      --registry, else $RNN_REGISTRY, else runs.db in the nearest .rnn folder, in the working directory or above \
      it. Its tables are documented, so sqlite3 can query them too.

      A run is given by its id, any unique beginning of the id or of its random part, its name (the last run that has \
      it), @-1 (the last run), @-2 (the one before), or a file that it made. Times are shown in the local time zone; \
      JSON and the database use UTC.

      EXAMPLES:
        rnn-runs
        rnn-runs list --stage train --status done --tag project=imdb
        rnn-runs show k7f3m2xq
        rnn-runs lineage model.tensors.zst
        rnn-runs metrics k7f3m2xq --name val_loss
        rnn-runs tag model.tensors.zst verdict=good
        rnn-runs sql "select stage, count(*), avg(wall_s) from runs group by stage"
      """,
    version: "rnn-runs (rnnpipe) \(rnnpipeVersion)",
    subcommands: [
      ListRuns.self, ShowRun.self, CompareRuns.self, BestRuns.self, DiffRuns.self, ShowMetrics.self,
      ShowLineage.self, ScriptRun.self, ReproduceRun.self, CrateRun.self, TagRun.self, NoteRun.self,
      RenameRun.self, RemoveRuns.self, PruneRuns.self,
      ExportRuns.self, PushRuns.self, ReportRuns.self, ServeRuns.self, MergeRegistry.self, WatchRuns.self,
      BrowseRuns.self, AskSQL.self,
    ],
    defaultSubcommand: ListRuns.self)

  /// So that they may precede the subcommand's name too.
  @OptionGroup var common: RunsOptions

  /// For ArgumentParser.
  public init() {}
}

/// The options of all subcommands.
struct RunsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The registry (default: $RNN_REGISTRY, else the nearest .rnn/runs.db).", valueName: "path"),
    completion: .file(extensions: ["db"]))
  var registry: String?

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(name: [.long, .customShort("q")], help: "Print results, errors and warnings only.")
  var quiet = false

  /// The options as those of a stage.
  var ofStage: StageOptions {
    var options = StageOptions()
    (options.registry, options.noRegistry, options.name, options.tag) = (registry, false, nil, [])
    (options.quiet, options.json, options.skipUnchanged) = (quiet, json, false)
    return options
  }

  /// The registry's location.
  var location: RegistryLocation { registryLocation(registry) }

  /// Opens the registry; problems that don't prevent reading become warnings.
  func open(_ run: StageRun) throws -> Registry {
    let registry = try Registry(location)
    registry.warnings.forEach(run.warn)
    return registry
  }
}

/// A subcommand, whose own runs are not recorded.
protocol RunsCommand: StageCommand {
  var common: RunsOptions { get }
}

extension RunsCommand {
  static var isRecorded: Bool { false }
  var options: StageOptions { common.ofStage }
}
