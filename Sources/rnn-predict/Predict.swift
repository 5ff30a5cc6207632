// rnn-predict: reads a model and a stream, raw text or a raw series, and writes the same rows with predictions, or
// their evaluation.

import ArgumentParser
import ByteStreams
import Failures
import Inference
import Interchange
import SequenceOptions
import Sequences
import Stage
import TensorFile
import Training

/// The command `rnn-predict`.
public struct Predict: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-predict",
    abstract: "Predict with a trained model, or evaluate it.",
    discussion: """
      INPUT is a stream prepared like the model's training data, or raw input, which is prepared in the same \
      way: for a model with a vocabulary, text, one per line (label<TAB>text if labeled); for a model of tags, \
      CoNLL-U, CoNLL columns or a sentence per line; for a model of \
      windows, a CSV file or a stream of a series, whose future is forecast; for a model that translates, lines of \
      sources (source<TAB>target if translations are known). A CSV file is read like that of the \
      training data, unless options override this.

      The result is a stream with the column prediction, together with y, time and split; with --format, text: \
      one line per row, or for forecasts, one per step and target (time, target, y, prediction, and if there \
      are several windows, the step ahead). Predictions, y and the metrics of --evaluate are in the units \
      of the data, in double precision; loss is as in training. With several targets, each also has its own \
      metrics, such as mae.load. Forecasts are compared with statistical methods that know the same rows: naive, \
      seasonal, drift, mean and theta (docs/backtest.md).

      A model that predicts distributions, such as one of the preset deepar, draws sample paths (--samples, --seed): the \
      prediction is their median, and the intervals of --level are their quantiles. --steps forecasts more steps than the \
      model was trained for, or fewer.

      --conformal adds intervals as wide as the errors on held-out windows, for each step ahead: the columns \
      prediction-lo-80, prediction-hi-80 and so on. --evaluate tells how many targets they contain.

      A model of tags gives CoNLL-U and CoNLL columns back with its tags, and for text writes a line with word and tag \
      for each word, unless --format says otherwise. --evaluate compares them with those of the file: accuracy, and \
      for entities precision, recall and f1 as conlleval counts them.

      --gradients shows how far back the network learns: for each time step and recurrent layer the norm of \
      the loss's gradient with respect to the layer's state, |dL/dh_t|, averaged over rows, as CSV.

      --gates shows what a recurrent layer adds to its memory, keeps and outputs at each step of a text or a window: the \
      columns step, tokens and one for each gate (LSTM: i, f, g, o and the states c and h; GRU: z, r, g and h), for all \
      units; with --format, text with the means over units. rnn-plot gates draws them.

      --anomalies judges each step of a series by the residual of its one-step forecast, or of its reconstruction by a \
      model such as the preset autoencoder. INPUT is a series or windows; the residual is divided by the usual size of \
      those in held-out data (--calibrate) and compared with a threshold. The result has the columns y, prediction, \
      score and anomaly (0 or 1) for each step and target. With --label-column, --evaluate prints precision, recall and f1 \
      of steps and of ranges.

      --generate continues a text with the tokens that a model predicts, such as one of the preset char-lm: each is \
      drawn from the predicted distribution (--temperature, --top-k, --top-p; --temperature 0 takes the most probable \
      one) and written at once. The same seed gives the same text. An empty prompt is a line end.

      Started several times by mpirun or srun, it divides the batches among the processes, with the same result; \
      --stream, --generate, --gates, --gradients and --anomalies, and models that translate, transcribe or carry states \
      from row to row, work in one (docs/processes.md).

      Plain text has no end mark: input truncated by a failing command is not detected.
      """,
    examples: [
      "rnn-predict model.tensors.zst data.tensors.zst --split test --evaluate",
      """
      rnn-predict model.tensors.zst data.tensors.zst |
          rnn-plot forecast -o forecast.png
      """,
      """
      rnn-predict model.tensors.zst series.csv --conformal data.tensors.zst \\
          --level 80,95 -o forecast.tensors.zst
      """,
      """
      mpirun -n 4 rnn-predict model.tensors.zst data.tensors.zst \\
          -o predictions.tensors.zst
      """,
      "echo \"a fine film\" | rnn-predict model.tensors.zst --format tsv",
      "rnn-predict tagger.tensors.zst test.conllu > tagged.conllu",
      "rnn-predict translator.tensors.zst texts.txt --beam 5 --format lines",
      "tail -f values.csv | rnn-predict model.tensors.zst --stream",
      """
      rnn-predict model.tensors.zst meter.csv --anomalies \\
          --calibrate normal.csv --format csv
      """,
      """
      rnn-predict lm.tensors.zst --generate 500 --prompt "ROMEO:" \\
          --temperature 0.8 --seed 1
      """,
      """
      rnn-predict model.tensors.zst data.tensors.zst --gradients |
          rnn-plot curves --log y -o gradients.png
      """,
      "echo \"a fine film\" | rnn-predict model.tensors.zst --gates lstm | rnn-plot gates",
    ])

  @Argument(help: ArgumentHelp("The model that rnn-train wrote.", valueName: "model"), completion: .file())
  var model: String

  @Argument(
    help: ArgumentHelp("The input (default: standard input).", valueName: "input"),
    completion: .file())
  var input: String?

  @Option(
    name: [.short, .long], help: ArgumentHelp("Where to write the predictions.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(help: "The rows for which to predict (default: test if the stream is split, else all).")
  var split: RowSelection?

  @Option(help: "Write text instead of a stream (default: by the output's extension: .csv, .tsv, .jsonl).")
  var format: PredictionFormat?

  @Flag(help: "Print the loss and metrics as a JSON object; predictions are written only with -o.")
  var evaluate = false

  @Flag(
    help: """
      Compute the confusion matrix: a table on standard error, and members of the JSON object such as \
      "confusion.negative.positive" (true class first). Implies --evaluate.
      """)
  var confusion = false

  @Option(
    help: ArgumentHelp(
      "Metrics to evaluate, such as \"accuracy,auc\" (default: the model's).", valueName: "metrics"),
    completion: .commaSeparated(Metric.names))
  var metrics: String?

  @Flag(help: "Use the weights of the best training epoch, if the model contains them.")
  var best = false

  @Flag(
    help: """
      Read one step per line: numbers (a header may name columns), token ids or text. Each line's prediction \
      is written immediately, the state is kept from line to line, and an empty line starts a new sequence.
      """)
  var stream = false

  @Flag(
    help: "Write the loss's gradient with respect to the state at each step as CSV instead of predictions.")
  var gradients = false

  @Option(
    help: ArgumentHelp(
      "Write the gates of this recurrent layer (its name, such as lstm) at each step instead of predictions.",
      valueName: "layer"),
    completion: .list(["lstm", "gru", "bidirectional.forward", "bidirectional.backward"]))
  var gates: String?

  @Option(
    help: ArgumentHelp(
      "The batch size (default: 256, or 1 for a stateful model, which continues row i of every batch).",
      valueName: "rows"))
  var batchSize: Int?

  @Option(help: "The format of a text file (default: detected from its contents and its name).")
  var inputFormat: TextFormat?

  @OptionGroup(title: "Forecasts") var horizon: StepOptions
  @OptionGroup(title: "Forecasts") var intervals: IntervalOptions
  @OptionGroup(title: "Endless input") var live: LiveOptions
  @OptionGroup(title: "Anomalies") var anomaly: AnomalyOptions
  @OptionGroup(title: "Translation") var translation: TranslationOptions
  @OptionGroup(title: "Generation") var generation: GenerationOptions
  @OptionGroup(title: "Text files") var textFile: TextFileOptions
  @OptionGroup var encoding: EncodingOption
  @OptionGroup var gapOption: GapOption
  @OptionGroup var shortOption: ShortOption

  @OptionGroup(title: "CSV") var series: SeriesOptions
  @OptionGroup var threads: ThreadOptions

  /// The options of every command.
  @OptionGroup(title: "Common") public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// The format of text, by --format or the output's name; nil for a stream.
  var textFormat: PredictionFormat? { format ?? output.flatMap(PredictionFormat.init(path:)) }

  /// Whether to evaluate predictions.
  var evaluates: Bool { evaluate || confusion }

  /// Several processes can predict together.
  public static let worksWithPeers = true

  /// Reads the model, prepares the input like the training data, and writes predictions or prints the metrics.
  public func perform(_ run: StageRun) throws {
    guard let peers = try run.joinPeers() else { return try perform(run, nil) }
    try PredictingProcess(self, peers, run).work()
  }

  /// - Parameter together: what several processes have in common; nil if there is one.
  func perform(_ run: StageRun, _ together: PredictingProcess?) throws {
    if generation.generate != nil { return try generate(run) }
    let holds: OutputContent =
      gradients ? .csv : output.flatMap(PredictionFormat.init(path:)) == nil ? .stream : .any
    try run.checkOutput(output, isBinary: false, holds: .any)
    _ = try anomaly.rule
    let model = try together?.model ?? loadModel(run)
    if anomaly.anomalies { return try findAnomalies(model, holds: holds, run) }
    if model.vocabulary != nil {
      try series.refuse(because: "the model reads text, not the CSV file of a series")
    }
    if let translation = Translation(model) {
      let session = try TranslationSession(self, model, translation, run)
      do {
        var bytes = try run.source(input)
        if translation.source == nil, try !run.isStream(&bytes) {
          return try session.predict(vectors(bytes, translation, run))
        }
        return try session.predict(pairs(bytes, for: model, translation, run))
      } catch let failure as Failure where failure.kind == .data {
        throw failure.placed(at: inputName(input))
      }
    }
    let transcription = try Transcription(model, beam: translation.beam)
    try check(model, producesText: transcription != nil)
    if stream {
      try run.checkOutput(output, isBinary: false, holds: holds)
      if series.series != nil, model.window == nil {
        throw Failure.usage("the model reads no windows of a series", at: "--series", remedy: "omit it")
      }
      let series = try liveSeries(model)
      if series != nil && model.window != nil || model.relative != nil || model.distribution != nil {
        guard !live.lowLatency else {
          throw Failure.usage(
            "the model's answers need whole windows, of which steps are no part", at: "--low-latency",
            remedy: "omit --low-latency")
        }
        return try answer(model, nil, series: model.window != nil ? series : nil, run)
      }
      return try StepSession(self, model, run).predict(
        text(run.source(input), for: model, run), named: inputName(input))
    }
    var bytes = try run.source(input)
    let isStream = try run.isStream(&bytes)
    if let facts = model.tagging, !isStream {
      try together?.refuse("the words of sentences")
      return try TaggingSession(self, model, facts, run).predict(text(bytes, for: model, run))
    }
    let isText = textFormat != nil || gradients || evaluates
    try run.checkOutput(output, isBinary: !isText, holds: holds)
    let span = try ForecastSpan(model, steps: horizon.steps)
    let rows = try rows(bytes, isStream: isStream, for: span, run)
    for note in rows.notes { run.note(note) }
    for warning in rows.warnings { run.warn(warning) }
    do {
      if gates != nil { return try GateSession(self, model, rows, run).write() }
      if let transcription {
        return try TranscriptionSession(self, model, rows, transcription, run).transcribe()
      }
      try PredictionSession(self, span, rows, run, together?.team).predict()
    } catch let failure as Failure where failure.kind == .data {
      throw failure.placed(at: inputName(input))
    }
  }

  private func findAnomalies(_ model: LoadedModel, holds: OutputContent, _ run: StageRun) throws {
    let isText = textFormat != nil || evaluate || stream
    try run.checkOutput(output, isBinary: !isText, holds: holds)
    try check(model, producesText: false)
    if let path = anomaly.saveCalibration { try run.checkOutput(path) }
    let session = try AnomalySession(self, model, run)
    guard stream else { return try session.judge() }
    let calibration = try session.calibration(nil)
    try session.save(calibration)
    try answer(model, calibration, series: liveSeries(model), run)
  }

  /// Answers line by line, from windows.
  private func answer(
    _ model: LoadedModel, _ calibration: AnomalyCalibration?, series: String?, _ run: StageRun
  ) throws {
    let session = try LiveSession(self, model, calibration, series: series, run)
    try session.answer(text(run.source(input), for: model, run), named: inputName(input))
  }

  /// The column that names the series of a line; nil if there is only one.
  private func liveSeries(_ model: LoadedModel) throws -> String? {
    try series.series ?? model.file.header.object("rnn.series")?["column"]?.string
  }

  func loadModel(_ run: StageRun) throws -> LoadedModel { try loadModel(run).model }

  /// The model, and the hash of its file.
  func loadModel(_ run: StageRun) throws -> (model: LoadedModel, hash: String?) {
    let reader = try run.reader(model, limits: .model)
    try reader.finish()
    return (try LoadedModel(reader.header, path: model, usesBest: best), run.hash(of: reader))
  }

  private func generate(_ run: StageRun) throws {
    try run.checkOutput(output, isBinary: false, holds: .lines)
    run.seed = generation.seed.seed
    try GenerationSession(generation, loadModel(run), output: output, run).generate()
  }
}

extension RowSelection: ExpressibleByArgument {}
extension PredictionFormat: ExpressibleByArgument {
  /// The format that a file's name promises; nil for any other name.
  init?(path: String) {
    switch fileEnding(path) {
    case "csv": self = .csv
    case "tsv", "tab": self = .tsv
    case "jsonl", "ndjson": self = .jsonl
    case "conllu": self = .conllu
    case "conll": self = .conll
    default: return nil
    }
  }
}
