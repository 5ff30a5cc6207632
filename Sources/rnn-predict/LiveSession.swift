// One run of rnn-predict --stream for models of windows whose answers need whole windows: anomalies, forecasts relative to
// the last value, and several series. Each line's answer is written before the next line is read.

import ByteStreams
import Failures
import Inference
import JSON
import Sequences
import Stage

/// The work behind these.
final class LiveSession {
  private let run: StageRun
  private let forecaster: LiveForecaster
  private let file: OutputFile
  private var text: PredictionText
  private var bad: BadLines
  private var time = Duration.zero

  /// - Parameters:
  ///   - calibration: the calibration by which lines are judged; nil to forecast.
  ///   - series: the column that names the series of a line; nil if there is only one.
  init(
    _ command: Predict, _ model: LoadedModel, _ calibration: AnomalyCalibration?, series: String?,
    _ run: StageRun
  ) throws {
    self.run = run
    forecaster = try LiveForecaster(
      model, calibration, series: series,
      form: command.series.form(like: CSVForm(header: model.file.header)))
    bad = BadLines(areSkipped: command.live.skipBadLines)
    file = try run.file(command.output)
    text = PredictionText(command.textFormat ?? .tsv, classes: nil)
  }

  /// Answers every line of `source`.
  func answer(_ source: any ByteSource, named name: String) throws {
    var lines = StepLines(source, named: name)
    let clock = ContinuousClock()
    while let line = try lines.next() {
      guard line.contains(where: { $0 != UInt8(ascii: " ") }) else {
        forecaster.reset()
        continue
      }
      let (number, begin) = (lines.number, clock.now)
      let answer = try bad.attempt(at: "\(name): line \(number)", warn: run.warn) {
        try forecaster.answer(line, number: number)
      }
      guard let answer else { continue }
      if let note = answer.note { run.warn("\(name): line \(number): \(note)") }
      try text.forEachLine(of: answer) { try file.write($0) }
      try file.flush()
      time += clock.now - begin
    }
    try file.finish()
    report()
  }

  private func report() {
    let rows = forecaster.rows
    let each = rows == 0 ? 0 : (time / .microseconds(1) / Double(rows) * 10).rounded() / 10
    run.metric("steps", step: 0, Double(rows))
    run.metric("microseconds_per_step", step: 0, each)
    let members: [String: JSONValue] = [
      "steps": .integer(Int64(rows)), "microseconds_per_step": .number(each),
    ]
    run.result(
      .object(members.merging(bad.members) { first, _ in first }),
      "\(counted(rows, "step")), \(each) microseconds each", stream: .error)
  }
}
