// rnn-sweep: runs a command many times with different parameters, and says which were best.

import ArgumentParser
import Charts
import Failures
import Stage
import Sweeps

/// The command `rnn-sweep`.
public struct Sweep: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-sweep",
    abstract: "Search for good parameters of a training or a script.",
    discussion: """
      Runs the command after -- once for each trial, with other parameters each time, and compares the values of a \
      metric that its runs have recorded. In the command, {units} stands for the value of the parameter units, {dir} for \
      the trial's own folder and {trial} for its number. A parameter of rnn-train that isn't in braces is added as an \
      option: --batch-size 32. Every parameter is also in the environment, as RNN_SWEEP_units (RNN_SWEEP_batch_size). \
      Pipelines are written as scripts, or as sh -c '...'.

      A space is given by --set, or as a file with a parameter per line: lists (units = 16, 32, 64), whole numbers \
      (layers = 1..4), numbers (dropout = 0.0..0.5), and :log or :step=0.1 after a range; \
      'momentum = 0.5..0.99 if optimizer = sgd' has a value only then. # begins a comment.

      Methods: grid (all combinations), random, halving (many trials with a small --budget, the best of them with a \
      larger one) and tpe (the tree-structured Parzen estimator, which learns from the trials before). The result is \
      the same for any number of --jobs.

      Trials are recorded with the tags sweep=ID and trial=N. The metric is read from the last run of a trial that has \
      it: val_loss, or val_loss:min for the best epoch. A trial that fails is recorded with its reason, and the sweep \
      goes on. Everything is in the sweep's folder: --resume FOLDER continues after Ctrl-C, or any other end.
      """,
    examples: [
      """
      rnn-sweep --set units=16,32,64 --set rate=1e-4..1e-1:log --trials 20 -- \\
          rnn-train data.tensors.zst --layers "lstm({units}) dense(1)" \\
          --optimizer "adam({rate})" -o {dir}/model.tensors.zst
      """,
      """
      rnn-sweep --space space.txt --budget epochs=2..18 --trials 27 -- \\
          rnn-train data.tensors.zst --layers "gru({units}) dense(1)" \\
          --checkpoint {dir}/state --best -o {dir}/model.tensors.zst
      """,
      """
      rnn-sweep --set length=24,48,96 --set units=16..128:log -- \\
          sh -c 'rnn-window split.tensors.zst --length {length} |
          rnn-train --layers "lstm({units}) dense(1)" -o {dir}/model.tensors.zst'
      """,
      "rnn-sweep --resume sweep-k7f3m2xq",
    ])

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("After --: the command, and its arguments.", valueName: "command"),
    completion: .file())
  var command: [String] = []

  @OptionGroup(title: "Space") var space: SpaceOptions
  @OptionGroup(title: "Search") var search: SearchOptions
  @OptionGroup(title: "Running") var running: RunningOptions
  @OptionGroup(title: "Results") var results: ResultOptions
  /// The options of every command.
  @OptionGroup(title: "Common") public var options: StageOptions

  /// What the trials read is theirs to know.
  public var isRepeatable: Bool { false }

  /// For ArgumentParser.
  public init() {}

  /// Rejects options that can't be combined.
  public func validate() throws {
    if options.noRegistry {
      throw ValidationError("--no-registry: the metrics of trials are read from the registry")
    }
    guard running.resume == nil else { return }
    if command.isEmpty {
      throw ValidationError("there is no command: write it after --, such as -- rnn-train data.tensors.zst")
    }
    if space.isEmpty {
      throw ValidationError("there are no parameters: use --set name=values or --space FILE")
    }
  }

  /// Runs the trials and prints the table.
  public func perform(_ run: StageRun) throws {
    try results.check(run)
    run.catchInterrupts()
    let work = try running.resume.map { try resumed($0, run) } ?? begun(run)
    work.settings.record(run)
    let session = try SweepSession(run, work.folder, work.settings, running)
    try session.work()
    guard !run.stopsEarly else { return }
    let report = SweepReport(session)
    report.record(run)
    try results.write(report, run)
  }

  private typealias Work = (folder: SweepFolder, settings: SweepSettings)

  private func begun(_ run: StageRun) throws -> Work {
    let settings = try SweepSettings(self, try space.space(run), run)
    _ = try SearchPath().program(of: settings)
    let name = running.folder ?? "sweep-\(options.name ?? settings.shortID)"
    return (try SweepFolder(creating: name, settings, run), settings)
  }

  private func resumed(_ path: String, _ run: StageRun) throws -> Work {
    let folder = try SweepFolder(resuming: path)
    var settings = try folder.settings()
    try settings.update(self, try space.isEmpty ? nil : space.space(run), at: path)
    run.parameter("resumes", settings.id)
    return (folder, settings)
  }
}
