// One run of rnn-predict: runs the network on chunks, and writes predictions, an evaluation, or both.

import Failures
import Inference
import JSON
import Sequences
import Stage
import TensorFile

/// The work behind `rnn-predict`.
final class PredictionSession {
  private let command: Predict
  private let span: ForecastSpan
  private let rows: PreparedInput
  private let run: StageRun
  private let team: PredictionTeam?
  private var predictor: SpanPredictor?
  private var shared: SharedPredictor?
  /// What was read and awaits predictions, in the order of the input.
  private var waiting: [Reading] = []
  /// Whether predictions can't be used any more.
  private var hasFailed = false
  private var evaluation: Evaluation?
  private var intervals: ConformalIntervals?
  private var sink: (any PredictionSink)?
  /// The number of predicted values after which a chunk is divided.
  private static let largestPiece = 1 << 23

  /// The model with the steps that are forecast.
  private var model: LoadedModel { span.model }

  /// A step of the input.
  private enum Reading {
    /// Rows as they were read, which an evaluation looks at.
    case read(Chunk)
    /// Rows for which to predict.
    case piece(Chunk)
  }

  /// - Parameter team: the processes that predict together; nil if there is only this one.
  init(
    _ command: Predict, _ span: ForecastSpan, _ rows: PreparedInput, _ run: StageRun, _ team: PredictionTeam?
  ) throws {
    self.team = team
    self.command = command
    self.span = span
    self.rows = rows
    self.run = run
    if let note = rows.note { run.note(note) }
    try checkTargets()
    try checkBatches()
    run.parameter("split", command.split?.rawValue ?? "default")
    intervals = try command.intervals.conformal.map {
      try Calibration($0, command, span, run).intervals()
    }
    if model.distribution != nil {
      run.seed = command.generation.seed.seed
      run.parameter("samples", command.pathOptions.count)
    }
    if command.evaluates {
      var judging = JudgingOptions(
        season: command.intervals.season, levels: levels, threads: command.threads.count)
      judging.stride = try WindowLayout(header: rows.header)?.stride
      evaluation = try Evaluation(
        model, metrics: command.metrics, countsConfusion: command.confusion, judging: judging)
    }
    let writesRows = !command.gradients && (!command.evaluates || command.output != nil)
    if writesRows { sink = try makeSink() }
  }

  /// The levels of the intervals.
  private var levels: [Double] {
    intervals?.levels ?? (model.distribution == nil ? model.levels : command.pathOptions.levels)
  }

  /// A raw series has no targets: only its future is forecast.
  private func checkTargets() throws {
    guard rows.isFuture, command.evaluates || command.gradients else { return }
    let input = command.input.map { "\($0) " } ?? ""
    throw Failure.data(
      "of a series only the future is forecast, whose targets are unknown",
      at: inputName(command.input),
      remedy: "cut it into windows: rnn-window \(input)--like \(command.model) | rnn-predict "
        + "\(command.model) \(command.gradients ? "--gradients" : "--evaluate")")
  }

  /// A stateful model reads the windows of a text one after the other.
  private func checkBatches() throws {
    guard let size = command.batchSize, size > 1, model.file.architecture.isStateful, model.document != nil
    else { return }
    throw Failure.usage(
      "the model carries its state from each window of the text to the next", at: "--batch-size \(size)",
      remedy: "omit it")
  }

  private func makeSink() throws -> any PredictionSink {
    if let format = command.textFormat {
      return TextSink(
        file: try run.file(command.output),
        text: PredictionText(
          format, classes: try model.outputClasses, threshold: model.classThreshold,
          forecast: try ForecastForm(model, rows)))
    }
    let header = model.predictionHeader(for: rows.header)
    return StreamSink(output: try run.writer(command.output, header: header, threads: command.threads.count))
  }

  func predict() throws {
    var (count, read) = (0, 0)
    let bar = run.progress("predicting", total: nil)
    try untilFailure {
      try rows.forEach { chunk in
        read += chunk.rows
        let selected = try chunk.rows(in: command.split)
        waiting.append(.read(chunk))
        for piece in pieces(of: selected) {
          try predict(piece, firstRow: count)
          count += piece.rows
          bar.advance(to: count)
        }
        if shared == nil { try use([]) }
      }
    }
    try use(shared?.finish() ?? [])
    try team?.end()
    bar.finish()
    for warning in rows.finalWarnings { run.warn(warning) }
    guard count > 0 else { throw noRows(read: read) }
    try sink?.finish()
    try writeGradients()
    if evaluation == nil { run.result(["rows": .integer(Int64(count))], "", stream: .error) }
    report()
  }

  /// Does work that adds rows. If the input can't be read to its end, what was read before is used first, as it is in one
  /// process, unless that is what has failed.
  private func untilFailure(_ work: () throws -> Void) throws {
    do { try work() } catch {
      if !hasFailed { try use(shared?.finish() ?? []) }
      throw error
    }
  }

  /// A chunk in pieces whose predictions need a bounded amount of memory, although each step of a row may have a
  /// distribution of many classes.
  private func pieces(of chunk: Chunk) -> [Chunk] {
    let rows = max(1, Self.largestPiece / valuesPerRow(of: chunk))
    return stride(from: 0, to: chunk.rows, by: rows).map { start in
      rows >= chunk.rows ? chunk : chunk.slice(start..<min(start + rows, chunk.rows))
    }
  }

  /// The number of values that are predicted for a row, at least 1.
  private func valuesPerRow(of chunk: Chunk) -> Int {
    let steps = chunk.columns["x"]?.tensor?.rowShape.first ?? 1
    let outputs = model.file.architecture.outputs.reduce(0) { $0 + $1.width * ($1.steps == nil ? 1 : steps) }
    let paths = model.distribution == nil ? 0 : command.pathOptions.count
    let values = (model.window.map { $0.horizon * $0.targets.count } ?? 0) * paths
    return max(1, outputs, values)
  }

  private func noRows(read: Int) -> Failure {
    read == 0
      ? .data("there are no rows for which to predict")
      : .data(
        "none of the \(counted(read, "row")) is in the part for which to predict",
        remedy: "choose another part, or --split \(RowSelection.all.rawValue)")
  }

  private func predict(_ piece: Chunk, firstRow: Int) throws {
    let shared = try shared(for: piece)
    waiting.append(.piece(piece))
    hasFailed = true
    let complete = try shared.add(piece, firstRow: firstRow)
    try use(complete)
  }

  /// Uses the predictions for the pieces that have waited longest, and whatever was read before the next one.
  private func use(_ predictions: [Result<Prediction, any Error>]) throws {
    hasFailed = true
    var rest = predictions[...]
    while let next = waiting.first {
      switch next {
      case .read(let chunk): try evaluation?.see(span.cut(chunk), in: command.split)
      case .piece(let chunk):
        guard let prediction = rest.popFirst() else {
          hasFailed = false
          return
        }
        try use(prediction.get(), chunk)
      }
      waiting.removeFirst()
    }
    hasFailed = false
  }

  private func use(_ prediction: Prediction, _ chunk: Chunk) throws {
    let chunk = span.cut(chunk)
    var result = try model.columns(of: prediction, chunk)
    for output in prediction.outputs {
      let limits = try intervals?.limits(of: output, chunk) ?? output.intervals
      if let columns = intervals?.columns(limits, of: result.columns, like: output.values) {
        result = Chunk(columns, rows: result.rows)
      }
      guard let targets = result.columns[output.targetColumn]?.tensor else { continue }
      try evaluation?.add(output, limits, targets: targets, chunk)
    }
    try sink?.write(result)
  }

  private func shared(for chunk: Chunk) throws -> SharedPredictor {
    if let shared { return shared }
    try use([])
    let made = try SpanPredictor(span, like: chunk, command.predictorOptions)
    for note in made.notes { run.note(note) }
    predictor = made
    let own = SharedPredictor(made, like: chunk, valuesPerRow: valuesPerRow(of: chunk), team)
    shared = own
    return own
  }

  private func writeGradients() throws {
    guard let gradients = predictor?.stateGradients else { return }
    let file = try run.file(command.output)
    try file.write(gradients.csv)
    try file.finish()
  }

  private func report() {
    guard let evaluation, let predictor else { return }
    EvaluationReport(run: run, output: command.output)
      .write(evaluation, evaluation.values(predictor.values))
  }
}

extension Predict {
  /// How the network is run.
  var predictorOptions: PredictorOptions {
    var options = PredictorOptions(
      batchSize: batchSize, threads: threads.count, evaluates: evaluates, metrics: metrics,
      computesStateGradients: gradients)
    options.paths = pathOptions
    return options
  }

  /// How sample paths are drawn.
  var pathOptions: PathOptions {
    PathOptions(
      count: horizon.samples ?? PathOptions().count, seed: generation.seed.seed,
      levels: intervals.level?.values ?? PathOptions().levels,
      areKept: horizon.paths)
  }
}
