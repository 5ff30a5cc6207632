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
  /// The series without a calibration that were reported.
  private var unknown: Set<String> = []
  private var reader: LiveReader
  private var windows: LiveWindows
  /// Makes windows that are more than scaled rows; nil if they are no more.
  private var maker: RowWindower?
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
    // Differences also need the last value of a target that is no input.
    let isPlain = model.windows?.arePlainRows ?? true
    let columns = calibration == nil && isPlain ? window.inputs : window.columns
    reader = LiveReader(columns: columns, series: series, time: model.time, form: form)
    let last = window.length - 1 + (calibration == nil ? 0 : window.ahead + window.judgedStep)
    maker =
      try isPlain
      ? nil : model.windows.map { try RowWindower($0, columns: columns, scales: calibration?.scales) }
    let before = maker.map { [span = detector.window.inputSpan] in $0.rows - span } ?? 0
    windows = LiveWindows(time: model.time, reach: last * window.rate + 1 + before)
    guard series != nil || calibration?.isPerSeries != true else {
      throw Failure.usage(
        "each series was calibrated by itself, but lines have no names of series", at: "--stream",
        remedy: "name the column: --series")
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
    let change = try windows.add(row, values: maker == nil ? scaled(row) : row.values)
    rows += 1
    let window = try change.rows.flatMap { try self.window($0, row) }
    let (names, lines) =
      if let calibration { try judge(row, window, number, calibration) } else { try forecast(window) }
    let notes: [String?] = [change.gap, unknownSeries(row)]
    let prefix: [LiveCell] = hasSeries ? [.text(row.series)] : []
    return LiveAnswer(
      names: (hasSeries ? ["unique_id"] : []) + names, lines: lines.map { prefix + $0 },
      note: notes.compactMap(\.self).first.map { row.series.isEmpty ? $0 : "\(row.series): \($0)" })
  }

  /// What the user should know of the first row of a series without a calibration.
  private func unknownSeries(_ row: LiveRow) -> String? {
    guard let calibration, calibration.of(row.series) == nil, unknown.insert(row.series).inserted else {
      return nil
    }
    return "the series has no calibration and is not judged"
  }

  /// The window of the last rows, the first of which it needs.
  private func window(_ rows: ArraySlice<[Double]>, _ row: LiveRow) throws -> Chunk? {
    if let count = maker?.rows {
      // The scale of a series that is not judged is not known.
      guard calibration.map({ $0.of(row.series) != nil }) ?? true else { return nil }
      return try maker?.window(Array(rows.prefix(count)), series: row.series)
    }
    let steps = stride(from: rows.startIndex, to: rows.startIndex + window.inputSpan, by: window.rate)
    let x = steps.flatMap { rows[$0].map { Float($0) } }
    return Chunk(["x": Tensor(x, shape: [1, window.length, window.inputs.count])])
  }

  /// The inputs, scaled; each can be represented in single precision.
  private func scaled(_ row: LiveRow) throws -> [Double] {
    try window.inputs.indices.map { index in
      let value = Float(model.scaler?.scale(row.values[index], column: scales[index]) ?? row.values[index])
      guard value.isFinite else {
        throw Failure.data("column \(window.inputs[index]): the value is too large after scaling")
      }
      return Double(value)
    }
  }

  /// The outputs of a model for a window, under the names of `LoadedModel.forecastNames`.
  private func forecast(_ made: Chunk?) throws -> ([String], [[LiveCell]]) {
    let width = window.horizon * window.targets.count
    let names = model.forecastNames.map { $0.map { "prediction.\($0)" } } ?? ["prediction"]
    guard let chunk = made else { return (names, [Array(repeating: .number(nil), count: width)]) }
    let predictor = try self.predictor ?? Predictor(model, like: chunk, PredictorOptions(threads: 1))
    self.predictor = predictor
    let values = try predictor.predict(chunk, firstRow: 0).outputs[0].values.doubles
    return (names, [values.map { .number($0) }])
  }

  private func judge(
    _ row: LiveRow, _ made: Chunk?, _ number: Int, _ calibration: AnomalyCalibration
  ) throws -> ([String], [[LiveCell]]) {
    let when: LiveCell =
      if let time = row.time { .text(model.time?.text(time) ?? "\(time)") } else { .integer(number) }
    let names = [row.time == nil ? "line" : "time", "target", "y", "prediction", "score", "anomaly"]
    let y = window.targets.map { target in
      row.values[window.columns.firstIndex(of: target) ?? 0]
    }
    let own = calibration.of(row.series)
    let step = try own == nil ? nil : made.map { try detector.step($0, y: y) }
    let lines = window.targets.enumerated().map { index, target -> [LiveCell] in
      let start = [when, .text(target), .number(y[index])]
      guard let step, let own else { return start + [.number(nil), .number(nil), .integer(nil)] }
      let score = own.score(step.residual(0, index), target: index)
      let isAnomaly = own.isAnomaly(score, target: index)
      return start + [.number(step.prediction[index]), .number(score), .integer(isAnomaly ? 1 : 0)]
    }
    return (names, lines)
  }
}
