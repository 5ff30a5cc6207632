// Answers to the rows of live series, one at a time, from the window of rows that each one completes: forecasts of what
// follows, or a judgment of the row itself. Unlike a state that is carried from step to step, windows suit every model of
// windows, also those that are relative to the last value, and give the answers that a file gives.

import Failures
import JSON
import Sequences
import Tensor
import TensorFile
import Training

/// The answer to a line.
public struct LiveAnswer {
  /// The names of the columns.
  public let names: [String]
  /// The cells of each line of output.
  let lines: [[LiveCell]]
  /// What the user should know: a gap before the row.
  public let note: String?
}

/// A cell of an answer; nil if it is unknown.
enum LiveCell {
  case text(String)
  case number(Double?)
  case integer(Int?)

  var json: JSONValue {
    switch self {
    case .text(let text): .string(text)
    case .number(let number): number.map { JSONValue(shortest: $0) } ?? .null
    case .integer(let number): number.map { .integer(Int64($0)) } ?? .null
    }
  }
}

/// A model that answers line by line.
public final class LiveForecaster {
  private let model: LoadedModel
  private let window: WindowLayout
  private let detector: AnomalyDetector
  private let calibration: AnomalyCalibration?
  private let hasSeries: Bool
  private let scales: [Int]
  private var reader: LiveReader
  private var windows: LiveWindows
  private var predictor: Predictor?
  /// The number of rows that were answered.
  public private(set) var rows = 0

  /// - Parameters:
  ///   - calibration: the calibration by which rows are judged; nil to forecast what follows.
  ///   - series: the column that names the series of each row; nil if there is only one.
  ///   - form: how numbers are written.
  /// - Throws: `Failure` (data) if the model was not trained on windows of a series.
  public init(
    _ model: LoadedModel, _ calibration: AnomalyCalibration?, series: String?, form: CSVForm
  ) throws {
    detector = try AnomalyDetector(model, threads: 1)
    (self.model, self.calibration, window) = (model, calibration, detector.window)
    hasSeries = series != nil
    scales = try model.scaler?.indices(of: window.inputs) ?? []
    let columns = calibration == nil ? window.inputs : window.columns
    reader = LiveReader(columns: columns, series: series, time: model.time, form: form)
    let last = window.length - 1 + (calibration == nil ? 0 : window.ahead + window.judgedStep)
    windows = LiveWindows(window, time: model.time, reach: last * window.rate + 1)
    guard model.windows?.arePlainRows ?? true else {
      throw Failure.usage(
        "the model's windows are more than scaled rows, which lines can't be made into", at: "--stream",
        remedy: "cut windows with rnn-window --like \(model.path)")
    }
    guard calibration != nil || !window.isReconstruction else {
      throw Failure.usage(
        "the model reconstructs windows and forecasts nothing", at: "--stream", remedy: "add --anomalies")
    }
  }

  /// Begins new windows with the next row.
  public func reset() { windows.reset() }

  /// The answer to a line; nil if it is a header.
  /// - Parameter number: the number of the line.
  /// - Throws: `Failure` (data) if the line is invalid; it then changes nothing.
  public func answer(_ line: [UInt8], number: Int) throws -> LiveAnswer? {
    guard let row = try reader.read(line) else { return nil }
    let change = try windows.add(row, inputs: try scaled(row))
    rows += 1
    let (names, lines) =
      if let calibration { try judge(row, change.window, number, calibration) } else {
        try forecast(change.window)
      }
    let prefix: [LiveCell] = hasSeries ? [.text(row.series)] : []
    return LiveAnswer(
      names: (hasSeries ? ["unique_id"] : []) + names, lines: lines.map { prefix + $0 },
      note: change.gap.map { row.series.isEmpty ? $0 : "\(row.series): \($0)" })
  }

  private func scaled(_ row: LiveRow) throws -> [Float] {
    try window.inputs.indices.map { index in
      let value = Float(model.scaler?.scale(row.values[index], column: scales[index]) ?? row.values[index])
      guard value.isFinite else {
        throw Failure.data("column \(window.inputs[index]): the value is too large after scaling")
      }
      return value
    }
  }

  /// The outputs of a model for a window, under the names of `LoadedModel.forecastNames`.
  private func forecast(_ x: [Float]?) throws -> ([String], [[LiveCell]]) {
    let width = window.horizon * window.targets.count
    let names = model.forecastNames.map { $0.map { "prediction.\($0)" } } ?? ["prediction"]
    guard let x else { return (names, [Array(repeating: .number(nil), count: width)]) }
    let chunk = Chunk(["x": Tensor(x, shape: [1, window.length, window.inputs.count])])
    let predictor = try self.predictor ?? Predictor(model, like: chunk, PredictorOptions(threads: 1))
    self.predictor = predictor
    let values = try predictor.predict(chunk, firstRow: 0).outputs[0].values.doubles
    return (names, [values.map { .number($0) }])
  }

  private func judge(
    _ row: LiveRow, _ x: [Float]?, _ number: Int, _ calibration: AnomalyCalibration
  ) throws -> ([String], [[LiveCell]]) {
    let when: LiveCell =
      if let time = row.time { .text(model.time?.text(time) ?? "\(time)") } else { .integer(number) }
    let names = [row.time == nil ? "line" : "time", "target", "y", "prediction", "score", "anomaly"]
    let y = window.targets.map { target in
      row.values[window.columns.firstIndex(of: target) ?? 0]
    }
    let step = try x.map { try detector.step(x: $0, y: y) }
    let lines = window.targets.enumerated().map { index, target -> [LiveCell] in
      let start = [when, .text(target), .number(y[index])]
      guard let step else { return start + [.number(nil), .number(nil), .integer(nil)] }
      let score = calibration.score(step.residual(0, index), target: index)
      let isAnomaly = calibration.isAnomaly(score, target: index)
      return start + [.number(step.prediction[index]), .number(score), .integer(isAnomaly ? 1 : 0)]
    }
    return (names, lines)
  }
}
