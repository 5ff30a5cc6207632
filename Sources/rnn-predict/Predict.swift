// rnn-predict: a model and a stream (or raw text, or a raw series) come in, the same rows with predictions
// go out, or how good they are.

import ArgumentParser
import Failures
import Inference
import Kernels
import Stage
import Tensor
import TensorFile

/// The command `rnn-predict`.
public struct Predict: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-predict",
    abstract: "Predict with a trained model, or evaluate it.",
    discussion: """
      INPUT is a stream prepared as the model's training data was, or raw input, which is prepared as the \
      model remembers: text, a line each (label<TAB>text where labelled), for a model with a vocabulary; a \
      CSV or a stream of a series for a model of windows, whose future is forecast.

      The result is a stream with the column prediction, handing on y, time and split; with --format, text. \
      Predictions and y are in the units of the data, and so are the metrics of --evaluate; loss is as trained.

      --gradients shows how far back the network learns: for each time step and recurrent layer the norm of \
      the loss's gradient with respect to the layer's state, |dL/dh_t|, mean over rows, as CSV.

      Plain text has no end mark: input cut short by a failing command before can't be told from a short one.
      """,
    examples: [
      "rnn-predict model.tensors.zst data.tensors.zst --split test --evaluate",
      """
      rnn-predict model.tensors.zst data.tensors.zst |
          rnn-plot forecast -o forecast.png
      """,
      "echo \"a fine film\" | rnn-predict model.tensors.zst --format tsv",
      "tail -f values.csv | rnn-predict model.tensors.zst --stream",
      """
      rnn-predict model.tensors.zst data.tensors.zst --gradients |
          rnn-plot curves --log y -o gradients.png
      """,
    ])

  /// Which rows are predicted.
  enum Part: String, ExpressibleByArgument, CaseIterable {
    case train, validation, test, all
  }

  /// Text formats of the result.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv, tsv, jsonl
  }

  @Argument(help: ArgumentHelp("The model that rnn-train wrote.", valueName: "model"), completion: .file())
  var model: String

  @Argument(
    help: ArgumentHelp("What to predict for (default: standard input).", valueName: "input"),
    completion: .file())
  var input: String?

  @Option(name: [.short, .long], help: ArgumentHelp("Where the predictions go.", valueName: "file"))
  var output: String?

  @Option(help: "The rows to predict (default: test where the stream was split, else all).")
  var split: Part?

  @Option(help: "Write text instead of a stream.")
  var format: Format?

  @Flag(help: "Print the loss and metrics as one JSON object; predictions are written with -o only.")
  var evaluate = false

  @Flag(
    help: """
      Count which classes were taken for which: a table on standard error, and members of the JSON object \
      such as "confusion.negative.positive" (true, then predicted). Implies --evaluate.
      """)
  var confusion = false

  @Option(
    help: ArgumentHelp(
      "Metrics to evaluate, such as \"accuracy,auc\" (default: the model's).", valueName: "metrics"))
  var metrics: String?

  @Flag(help: "Use the weights of training's best epoch, where the model has those of another one.")
  var best = false

  @Flag(
    help: """
      Take a step a line, as they come: numbers (a header may name columns), token ids or text. Each line's \
      prediction is written at once, the state goes on from line to line, and an empty line begins a new \
      sequence.
      """)
  var stream = false

  @Flag(help: "Write the loss's gradient with respect to each step's state as CSV, not predictions.")
  var gradients = false

  @Option(
    help: ArgumentHelp(
      "Rows predicted at once (default: 256), or that a stateful model takes side by side (default: 1).",
      valueName: "rows"))
  var batchSize: Int?

  @OptionGroup var threads: ThreadOptions

  /// The options of every command.
  @OptionGroup(title: "Common") public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// Whether measures are asked for.
  var evaluates: Bool { evaluate || confusion }

  /// The batch has 1 to 2^20 rows; gradients come alone.
  public func validate() throws {
    if metrics != nil && !evaluates { throw ValidationError("--metrics goes with --evaluate") }
    if stream && (evaluates || gradients || split != nil || batchSize != nil) {
      throw ValidationError(
        "--stream predicts lines: leave --evaluate, --gradients, --split and --batch-size out")
    }
    if let batchSize, !(1...1 << 20).contains(batchSize) {
      throw ValidationError("--batch-size \(batchSize) is not between 1 and \(1 << 20)")
    }
    if gradients, evaluates || stream || format != nil {
      throw ValidationError("--gradients takes the place of --evaluate, --stream and --format")
    }
  }

  /// Reads the model, prepares the input as the model remembers, writes predictions or prints the metrics.
  public func perform(_ run: StageRun) throws {
    if let missing = CPUSupport.missing {
      throw Failure(
        .software, "this CPU lacks \(missing), which this build of rnnpipe needs", remedy: "build it here")
    }
    try run.checkOutput(output, isBinary: format == nil && !evaluates && !stream && !gradients)
    let reader = try run.reader(self.model, limits: .model)
    try reader.finish()
    let model = try LoadedModel(reader.header, path: self.model, takesBest: best)
    if stream {
      return try StepSession(self, model, run).predict(run.source(input), named: inputName(input))
    }
    let rows = try rows(for: model, run)
    let session = try PredictionSession(self, model, rows, run)
    do {
      try session.predict()
    } catch let failure as Failure where failure.kind == .data {
      throw failure.placed(at: inputName(input))
    }
  }

  /// The input, whatever it is, as rows for the model.
  private func rows(for model: LoadedModel, _ run: StageRun) throws -> PreparedInput {
    let name = inputName(input)
    var bytes = try run.source(input)
    guard try run.isStream(&bytes) else { return try PreparedInput(raw: bytes, named: name, model) }
    return try PreparedInput(stream: run.reader(bytes, named: name), named: name, model)
  }
}
