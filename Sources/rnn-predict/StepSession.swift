// One run of rnn-predict --stream: each line's prediction is written before the next line is read.

import ByteStreams
import Failures
import Inference
import JSON
import Sequences
import Stage
import TensorFile

/// The work behind `rnn-predict --stream`.
final class StepSession {
  private let run: StageRun
  private let predictor: StepPredictor
  private var sink: TextSink
  private var bad: BadLines

  init(_ command: Predict, _ model: LoadedModel, _ run: StageRun) throws {
    self.run = run
    bad = BadLines(areSkipped: command.live.skipBadLines)
    predictor = try StepPredictor(
      model, form: command.series.form(like: CSVForm(header: model.file.header)),
      hasLowLatency: command.live.lowLatency)
    sink = TextSink(
      file: try run.file(command.output),
      text: PredictionText(
        command.textFormat ?? .tsv, classes: try model.outputClasses, threshold: model.classThreshold,
        outputs: model.forecastNames)
    )
  }

  /// Predicts for every line of `source`.
  func predict(_ source: any ByteSource, named name: String) throws {
    var lines = StepLines(source, named: name)
    while let line = try lines.next() {
      let number = lines.number
      let prediction = try bad.attempt(at: "\(name): line \(number)", warn: run.warn) {
        try predictor.predict(line)
      }
      guard let prediction else { continue }
      try sink.write(Chunk(["prediction": .dense(prediction)], rows: 1))
      try sink.flush()
    }
    try sink.finish()
    report()
  }

  private func report() {
    let steps = predictor.steps
    let each = steps == 0 ? 0 : predictor.time / .microseconds(1) / Double(steps)
    run.metric("steps", step: 0, Double(steps))
    run.metric("microseconds_per_step", step: 0, each)
    let members: [String: JSONValue] = [
      "steps": .integer(Int64(steps)), "microseconds_per_step": .number((each * 10).rounded() / 10),
    ]
    let json = JSONValue.object(members.merging(bad.members) { first, _ in first })
    run.result(
      json, "\(counted(steps, "step")), \((each * 10).rounded() / 10) microseconds each", stream: .error)
  }
}
