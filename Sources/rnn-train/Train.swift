// rnn-train: reads a stream of rows, trains a network on part 0, and writes a model.

import ArgumentParser
import Failures
import Interchange
import JSON
import ModelExchange
import Networks
import OperatingSystem
import Sequences
import Stage
import TensorFile
import Training
import TrainingOptions

/// The command `rnn-train`.
public struct Train: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-train",
    abstract: "Train a recurrent network on a stream.",
    discussion: """
      Trains on the rows of part 0 (rnn-split), validates on part 1 and never reads part 2; without parts, it \
      trains on all rows, or holds out the last ones with --validation-split (presets hold out some). The model contains everything \
      needed to predict from raw input (vocabulary, padding, scaling, class names).

      Layers are listed in order, with arguments by position or by name, and with Keras's names and \
      defaults: \(LayerCatalog.names.joined(separator: ", ")). Graphs are written as named chains, such as \
      "a: {left} gru(8); b: {right} shared(a); out: {a b} concatenate dense(1)" (docs/model.md).

      Presets: \(Preset.all.map(\.name).joined(separator: ", ")).

      Losses: \(Loss.Kind.allCases.filter { ForecastDistribution(rawValue: $0.rawValue) == nil }.map(\.rawValue).joined(separator: ", ")).

      Metrics: \(Metric.names.joined(separator: ", ")).

      Optimizers: \(OptimizerSpec.names.joined(separator: ", ")), with clipnorm, global_clipnorm or clipvalue, \
      and weight_decay. The learning rate is a number or a schedule, such as \
      "adam(cosine(0.001,10000,warmup_target=0.01,warmup_steps=500))": \
      \(Schedule.names.joined(separator: ", ")). docs/training.md lists all settings.

      The best epoch's weights are never lost: with --best or restore_best the model uses them, otherwise it \
      contains them in addition to the last ones (rnn-predict --best).

      The same seed and rows give the same model bit for bit, regardless of the number of threads and of \
      interruptions. Ctrl-C saves the state of training and says how to resume. Started several times by mpirun or srun, up \
      to eight processes train one network, with the same result (docs/processes.md).

      Loss and metrics also go to TensorBoard with --tensorboard, and to the MLflow server that RNN_MLFLOW_URI names, \
      into the experiment MLFLOW_EXPERIMENT_NAME or rnnpipe (docs/trackers.md). A server that doesn't answer neither stops \
      training nor slows it down.
      """,
    examples: [
      """
      rnn-synth sine | rnn-window --length 50 |
          rnn-train --preset lstm-forecaster -o model.tensors.zst
      """,
      """
      rnn-train data.tensors.zst --layers "lstm(64) dense(1)" --epochs 20 \\
          --history history.csv -o model.tensors.zst
      """,
      """
      rnn-train reviews.tensors.zst --preset lstm-sentiment \\
          --validation-split 0.2 --early-stopping "patience=2,restore_best" \\
          -o model.tensors.zst
      """,
      """
      rnn-train reviews.tensors.zst --preset lstm-sentiment \\
          --validation-split 0.2 --optimizer "adam(0.001,clipnorm=1.0)" \\
          --class-weight balanced --metrics accuracy,auc \\
          --save-best "best.tensors.zst,monitor=val_accuracy" \\
          --reduce-lr "factor=0.5,patience=5,min_lr=1e-7" \\
          -o model.tensors.zst
      """,
      """
      rnn-train data.tensors.zst --preset lstm-forecaster \\
          --checkpoint state.tensors.zst --resume -o model.tensors.zst
      """,
      """
      rnn-train data.tensors.zst --preset lstm-forecaster --name baseline \\
          --tensorboard logs -o model.tensors.zst
      """,
      """
      RNN_MLFLOW_URI=http://127.0.0.1:5000 rnn-train data.tensors.zst \\
          --preset lstm-forecaster -o model.tensors.zst
      """,
    ])

  @Argument(
    help: ArgumentHelp("The stream to train on (default: standard input).", valueName: "file"),
    completion: .file())
  var file: String?

  @Option(
    name: [.short, .long], help: ArgumentHelp("Where to write the model.", valueName: "file"),
    completion: .file())
  var output: String?

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Training") var fitting: FittingOptions
  @OptionGroup(title: "Memory") var memory: MemoryOptions
  @OptionGroup(title: "Between epochs") var callbacks: CallbackOptions
  @OptionGroup(title: "Trackers") var trackers: TrackerOptions
  @OptionGroup(title: "Random numbers") var seed: SeedOptions
  /// The options of every command.
  @OptionGroup(title: "Common") public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// Several processes can train one network.
  public static let worksWithPeers = true

  /// Reads all rows, trains, and writes the model.
  public func perform(_ run: StageRun) throws {
    let group = ShardGroup(try run.joinPeers(atMost: ShardPlan.most))
    try run.agree { try session(run, group) }.train()
  }

  private func session(_ run: StageRun, _ group: ShardGroup) throws -> TrainingSession {
    try run.checkOutput(output, holds: .any)
    _ = try FileFormat(ofModel: output, ending: output.flatMap(fileEnding))
    run.seed = seed.seed
    let trackers = run.isLeader ? try RunTrackers(trackers, run, options) : nil
    if let path = fileToStartFrom { try run.checkInput(path) }
    let network = try model.config.map { try NetworkFile($0, run) }
    if model.metrics == nil { for note in network?.notes ?? [] { run.warn("\(note); it is left out") } }
    let outline = try setup.request(network)
    var fit = try callbacks.fitOptions(epochs: outline.epochs, usual: setup.usual, fitting)
    try checkFiles(fit, run)

    let validation = try fitting.validation.map { try ValidationFile($0, run) }
    if run.process != nil, file == nil || file == "-" {
      throw Failure.usage(
        "each process reads the rows, which standard input gives only once",
        remedy: "name a file that all can read")
    }
    let reader = try run.reader(file)
    let name = inputName(file)
    let request = try outline.reading(reader.schema)
    var rows = try placed(name) { try readRows(reader, request, run) }
    for note in rows.binding.notes + rows.binding.unread(of: Set(reader.schema.keys)) { run.note(note) }
    if let validation {
      let others = try validation.rows(
        for: request, weights: setup.weights, memory: memoryOfRows, like: reader.header, named: name)
      if fitting.sampleWeight != nil, !validation.has(setup.weights) {
        run.note("\(fitting.validation ?? name) has no column \(setup.weights): its rows all count the same")
      }
      try placed(fitting.validation ?? name) {
        try setup.validate(&rows, on: others, request, reader.header)
      }
    }
    let plan = try placed(name) { try setup.plan(request, rows, reader.header) }
    fit.isContinuous = try plan.architecture.isStateful && reader.header.hasContinuousRows
    if fit.isContinuous { fit.shuffles = false }
    for warning in try TargetAdvice(plan, rows, reader.header, isRelative: fitting.relative).warnings {
      run.warn(warning)
    }
    for warning in try ClassAdvice(rows, plan, ClassNames(header: reader.header)).warnings {
      run.warn(warning)
    }
    try applyClassWeights(to: &rows, plan, reader.header)
    callbacks.rules.dropUsual(from: &fit, validates: rows.validation != nil, request.optimizer)
    try record(request, plan, rows, fit, run)

    let session = try TrainingSession(
      run: run, command: self, reader: reader, rows: rows, request: request, plan: plan, fit, group)
    trackers?.begin(resuming: session.resumed)
    return session
  }

  /// What follows from the options for the network and its training.
  var setup: TrainingSetup { TrainingSetup(model, fitting) }

  /// Checks the names of the files that callbacks write, those of the first epochs that save a model.
  private func checkFiles(_ options: FitOptions, _ run: StageRun) throws {
    if let path = callbacks.history { try run.checkOutput(path, isBinary: false, holds: .csv) }
    if let path = callbacks.checkpoint { try run.checkOutput(path, isBinary: false) }
    for path in callbacks.models(options) {
      try run.checkOutput(path, isBinary: false, holds: .any)
      _ = try FileFormat(ofModel: path, ending: fileEnding(path))
    }
  }

  /// How much memory the rows of a stream may take.
  private var memoryOfRows: Int { fitting.validation == nil ? memory.bytes : memory.bytes / 2 }

  private var fileToStartFrom: String? { callbacks.resume ? callbacks.checkpoint : model.initialWeights }

  private func applyClassWeights(
    to rows: inout TrainingRows, _ plan: TrainingPlan, _ header: StreamHeader
  ) throws {
    guard let text = fitting.classWeight else { return }
    let classes = try ClassNames(header: header)
    guard classes?.allowsSeveral != true else {
      throw Failure.usage(
        "rows can have several classes, so no class gives a row its weight", at: "--class-weight",
        remedy: "omit it, or give each row a weight in the column weight")
    }
    let names = classes?.names ?? []
    try rows.apply(
      ClassWeights(parsing: text, names: names), loss: plan.objective.terms[0].loss, classes: plan.classes
    )
  }

  private func readRows(
    _ reader: TensorReader, _ request: TrainingRequest, _ run: StageRun
  ) throws -> TrainingRows {
    try setup.checkWeights(Set(reader.schema.keys), request.topology)
    let bar = run.progress("reading", total: nil)
    var rows = try TrainingRows(
      reader, for: request.topology, weights: setup.weights, memory: memoryOfRows,
      remedy: request.dataRemedy, progress: { bar.advance(to: $0) })
    bar.finish()
    if rows.areInFile {
      run.note(
        "the rows are kept in a temporary file in \(TemporaryFile.folder): they take \(byteCount(rows.fileBytes)), "
          + "but may take \(byteCount(TrainingRows.share(of: memoryOfRows))) of --memory \(byteCount(memory.bytes))"
      )
    }
    try setup.prepare(&rows, request, reader.header) { run.note($0) }
    return rows
  }

  private func placed<Result>(_ name: String, _ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let failure as Failure where failure.kind == .data && failure.place != name {
      throw Failure(
        .data, failure.place.map { "\($0): \(failure.problem)" } ?? failure.problem, at: name,
        remedy: failure.remedy)
    }
  }
}
