// One run of rnn-predict: runs the network on chunks, and writes predictions, an evaluation, or both.

import Failures
import Inference
import JSON
import Stage
import TensorFile

/// The work behind `rnn-predict`.
final class PredictionSession {
  private let command: Predict
  private let model: LoadedModel
  private let rows: PreparedInput
  private let run: StageRun
  private var predictor: Predictor?
  private var evaluation: Evaluation?
  private var sink: (any PredictionSink)?

  init(_ command: Predict, _ model: LoadedModel, _ rows: PreparedInput, _ run: StageRun) throws {
    self.command = command
    self.model = model
    self.rows = rows
    self.run = run
    if let note = rows.note { run.note(note) }
    run.parameter("split", command.split?.rawValue ?? "default")
    if command.evaluates {
      evaluation = try Evaluation(model, metrics: command.metrics, countsConfusion: command.confusion)
    }
    let writesRows = !command.gradients && (!command.evaluates || command.output != nil)
    if writesRows { sink = try makeSink() }
  }

  private func makeSink() throws -> any PredictionSink {
    if let format = command.format {
      return TextSink(
        file: try run.file(command.output),
        text: PredictionText(
          format, classes: model.classes, forecast: try ForecastForm(model, rows)))
    }
    let header = model.predictionHeader(for: rows.header)
    return StreamSink(output: try run.writer(command.output, header: header, threads: command.threads.count))
  }

  func predict() throws {
    var count = 0
    let bar = run.progress("predicting", total: nil)
    try rows.forEach { chunk in
      let chunk = try chunk.rows(in: command.split)
      guard chunk.rows > 0 else { return }
      try predict(chunk, firstRow: count)
      count += chunk.rows
      bar.advance(to: count)
    }
    bar.finish()
    if let warning = rows.warning { run.warn(warning) }
    guard count > 0 else {
      throw Failure.data(
        "there are no rows for which to predict", remedy: "try --split \(RowSelection.all.rawValue)")
    }
    try sink?.finish()
    try writeGradients()
    try report()
  }

  private func predict(_ chunk: Chunk, firstRow: Int) throws {
    let predictor = try predictor(for: chunk)
    let prediction = try predictor.predict(chunk, firstRow: firstRow)
    let result = try model.columns(of: prediction, chunk)
    for output in prediction.outputs {
      guard let targets = result.columns[output.targetColumn]?.tensor else { continue }
      try evaluation?.add(output, targets: targets, chunk)
    }
    try sink?.write(result)
  }

  private func predictor(for chunk: Chunk) throws -> Predictor {
    if let predictor { return predictor }
    let options = PredictorOptions(
      batchSize: command.batchSize, threads: command.threads.count, evaluates: command.evaluates,
      metrics: command.metrics, computesStateGradients: command.gradients)
    let made = try Predictor(model, like: chunk, options)
    for note in made.notes { run.note(note) }
    predictor = made
    return made
  }

  private func writeGradients() throws {
    guard let gradients = predictor?.stateGradients else { return }
    let file = try run.file(command.output)
    try file.write(gradients.csv)
    try file.finish()
  }

  private func report() throws {
    guard let evaluation, let predictor else { return }
    let values = evaluation.values(predictor.values)
    for (name, value) in values { run.metric(name, step: 0, value) }
    var members = Dictionary(uniqueKeysWithValues: values.map { ($0.0, JSONValue.number($0.1)) })
    for (name, count) in evaluation.confusion?.members ?? [] {
      run.metric(name, step: 0, Double(count))
      members[name] = .integer(Int64(count))
    }
    for warning in evaluation.warnings(number: { NumberText.significant($0, 4) }) { run.warn(warning) }
    if !run.wantsJSON {
      for line in evaluation.targetLines(number: { NumberText.significant($0) }) { run.note(line) }
    }
    let json = JSONValue.object(members)
    if let confusion = evaluation.confusion, !run.wantsJSON {
      for line in confusion.lines(fraction: { NumberText.fixed($0, 4) }) { run.note(line) }
    }
    run.result(json, json.text, stream: command.output == "-" ? .error : .output)
  }
}
