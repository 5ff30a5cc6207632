// One run of rnn-predict with a model that transcribes: texts for recordings, and how they compare with those expected.

import Failures
import Inference
import JSON
import Stage
import TensorFile

/// The work behind `rnn-predict` for a model trained with CTC.
final class TranscriptionSession {
  private let command: Predict
  private let model: LoadedModel
  private let rows: PreparedInput
  private let run: StageRun
  private var transcription: Transcription
  private var predictor: Predictor?
  private var sink: (any PredictionSink)?

  init(
    _ command: Predict, _ model: LoadedModel, _ rows: PreparedInput, _ transcription: Transcription,
    _ run: StageRun
  )
    throws
  {
    (self.command, self.model, self.rows, self.run) = (command, model, rows, run)
    self.transcription = transcription
    if !command.evaluates || command.output != nil { sink = try makeSink() }
  }

  private func makeSink() throws -> any PredictionSink {
    if let format = command.textFormat {
      return TextSink(file: try run.file(command.output), text: PredictionText(format, classes: nil))
    }
    let header = model.predictionHeader(for: rows.header)
    return StreamSink(output: try run.writer(command.output, header: header, threads: command.threads.count))
  }

  func transcribe() throws {
    var count = 0
    let bar = run.progress("transcribing", total: nil)
    try rows.forEach { chunk in
      let chunk = try chunk.rows(in: command.split)
      guard chunk.rows > 0 else { return }
      let predictor = try predictor(for: chunk)
      let result = try transcription.chunk(of: predictor.predict(chunk, firstRow: count), chunk)
      try sink?.write(result)
      count += chunk.rows
      bar.advance(to: count)
    }
    bar.finish()
    for warning in rows.finalWarnings { run.warn(warning) }
    guard count > 0 else {
      throw Failure.data("there are no rows to transcribe", remedy: "choose another --split")
    }
    try sink?.finish()
    try report(count)
  }

  private func predictor(for chunk: Chunk) throws -> Predictor {
    if let predictor { return predictor }
    let options = PredictorOptions(
      batchSize: command.batchSize, threads: command.threads.count, evaluates: command.evaluates)
    let made = try Predictor(model, like: chunk, options)
    predictor = made
    return made
  }

  private func report(_ count: Int) throws {
    guard command.evaluates, let predictor else {
      return run.result(["rows": .integer(Int64(count))], "", stream: .error)
    }
    let values =
      predictor.values.map { ($0.name, $0.value) } + transcription.scores.values.map { ($0.name, $0.value) }
    for (name, value) in values { run.metric(name, step: 0, value) }
    let json = JSONValue.object(
      Dictionary(values.map { ($0.0, JSONValue.number($0.1)) }) { first, _ in first })
    run.result(json, json.text, stream: command.output == "-" ? .error : .output)
  }
}
