// rnn-train: a stream of rows comes in, a network learns from part 0 of it, a model goes out.

import ArgumentParser
import Failures
import Kernels
import Networks
import Sequences
import Stage
import Tensor
import TensorFile
import Training

/// The command `rnn-train`.
public struct Train: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-train",
    abstract: "Train a recurrent network on a stream.",
    discussion: """
      Learns from the rows of part 0 (rnn-split), validates on part 1 and never reads part 2; without parts, \
      all rows are for learning, and --validation-split sets the last of them aside. Everything that \
      prediction needs from raw input (vocabulary, padding, scaling, class names) goes into the model.

      Layers are written one after another, arguments by position or by name, with Keras's names and \
      defaults: \(LayerCatalog.names.joined(separator: ", ")).

      Presets: \(Preset.all.map(\.name).joined(separator: ", ")).

      Losses: \(Loss.Kind.allCases.map(\.rawValue).joined(separator: ", ")).

      Metrics: \(Metric.names.joined(separator: ", ")).

      Optimizers: \(OptimizerSpec.names.joined(separator: ", ")), with clipnorm, global_clipnorm or clipvalue, \
      and weight_decay. The learning rate is a number or a schedule, such as \
      "adam(cosine(0.001,10000,warmup_target=0.01,warmup_steps=500))": \
      \(Schedule.names.joined(separator: ", ")). docs/training.md lists all settings.

      The best epoch's weights are never lost: --best or restore_best gives them to the model, else they are in \
      it beside the last ones (rnn-predict --best).

      The same seed and rows give the same model bit for bit, whatever the number of threads, interrupted \
      and resumed or not. Ctrl-C saves the state of training and says how to go on.
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
    ])

  @Argument(help: ArgumentHelp("The stream to learn from (default: standard input).", valueName: "file"))
  var file: String?

  @Option(name: [.short, .long], help: ArgumentHelp("Where the model goes.", valueName: "file"))
  var output: String?

  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Training") var fitting: FittingOptions
  @OptionGroup(title: "Between epochs") var callbacks: CallbackOptions
  @OptionGroup(title: "Random numbers") var seed: SeedOptions
  /// The options of every command.
  @OptionGroup(title: "Common") public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// Reads all rows, trains, and writes the model; throws `Failure` (software) on a CPU that this build
  /// doesn't fit.
  public func perform(_ run: StageRun) throws {
    if let missing = CPUSupport.missing {
      throw Failure(
        .software, "this CPU lacks \(missing), which this build of rnnpipe needs",
        remedy: "build it here, or with RNN_CPU=x86-64-v2 for a CPU as old as this")
    }
    try run.checkOutput(output)
    run.seed = seed.seed
    if let path = fileToStartFrom { try run.checkInput(path) }
    let network = try model.config.map { try NetworkFile($0, run) }
    let request = try ModelRequest(model, file: network)
    var fit = try callbacks.fitOptions()
    for path in callbacks.files(fit) { try run.checkOutput(path, isBinary: false) }
    fit.shuffles = !fitting.noShuffle

    let reader = try run.reader(file)
    let name = inputName(file)
    var rows = try placed(name) { try readRows(reader, request, run) }
    for note in rows.binding.notes { run.note(note) }
    let choice = try placed(name) { try ModelChoice(request, rows, reader.header) }
    fit.epochs = choice.epochs
    try weigh(&rows, choice, reader.header)
    record(choice, request.optimizer, rows, run)

    let session = try TrainingSession(
      run: run, command: self, reader: reader, rows: rows, choice: choice, optimizer: request.optimizer, fit)
    try session.train()
  }

  private var fileToStartFrom: String? { callbacks.resume ? callbacks.checkpoint : model.initialWeights }

  private func weigh(_ rows: inout TrainingRows, _ choice: ModelChoice, _ header: StreamHeader) throws {
    guard let text = fitting.classWeight else { return }
    let names = try ClassNames(header: header)?.names ?? []
    try rows.weigh(
      ClassWeights(parsing: text, names: names), loss: choice.objective.terms[0].loss, classes: choice.classes
    )
  }

  private func readRows(
    _ reader: TensorReader, _ request: ModelRequest, _ run: StageRun
  ) throws -> TrainingRows {
    var rows = try TrainingRows(reader, for: request.topology)
    if fitting.relative { rows.makeRelative(try relativeWindows(reader.header, rows)) }
    guard let share = fitting.validationSplit else { return rows }
    if rows.validation == nil {
      try rows.setAside(share)
    } else {
      run.note("the stream has a validation part of its own; --validation-split is not used")
    }
    return rows
  }

  private func relativeWindows(_ header: StreamHeader, _ rows: TrainingRows) throws -> RelativeWindows {
    guard let window = try WindowLayout(header: header), rows.inputs.count == 1,
      case .sequence(let steps, _) = rows.inputs[0]
    else {
      throw Failure.data("--relative needs windows of a series", remedy: "cut them with rnn-window")
    }
    guard let windows = RelativeWindows(steps: steps, inputs: window.inputs, targets: window.targets) else {
      throw Failure.data(
        "--relative needs the targets among the inputs", remedy: "add them to rnn-window --columns")
    }
    return windows
  }

  private func placed<Result>(_ name: String, _ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let failure as Failure where failure.kind == .data {
      throw Failure(
        .data, failure.place.map { "\($0): \(failure.problem)" } ?? failure.problem, at: name,
        remedy: failure.remedy)
    }
  }

  private func record(
    _ choice: ModelChoice, _ optimizer: OptimizerSpec, _ rows: TrainingRows, _ run: StageRun
  ) {
    run.parameter("layers", choice.architecture.text)
    let objective = choice.objective.settings
    run.parameter("loss", objective.loss)
    run.parameter(
      "metrics", objective.metrics.joined(separator: choice.objective.terms.count > 1 ? "; " : ","))
    if !objective.lossWeights.isEmpty { run.parameter("loss_weights", objective.lossWeights) }
    run.parameter("optimizer", optimizer)
    run.parameter("batch_size", choice.batchSize)
    run.parameter("epochs", choice.epochs)
    run.parameter("training_rows", rows.training.rows)
    run.parameter("validation_rows", rows.validation?.rows ?? 0)
    run.parameter("shuffle", !fitting.noShuffle)
    if fitting.relative { run.parameter("relative", true) }
    if callbacks.best { run.parameter("best", true) }
    let given: [(String, String?)] = [
      ("preset", model.preset), ("class_weight", fitting.classWeight),
      ("validation_split", fitting.validationSplit.map { "\($0)" }),
      ("early_stopping", callbacks.earlyStopping), ("reduce_lr", callbacks.reduceRate),
      ("save_best", callbacks.saveBest), ("save_every", callbacks.saveEvery),
    ]
    for (key, value) in given { if let value { run.parameter(key, value) } }
  }
}
