// A chunk of forecasts as a table with a line for each window, step and target, in the units of the data:
//
//   time,target,y,prediction          the future of a series
//   time,target,y,prediction,step     many windows: the step ahead, from 1
//
// and behind the prediction the limits of its intervals, if it has any: prediction-lo-80,prediction-hi-80.
//
// Several series have a column with their names before these, named as in their file. If the series has no times, the
// window's number (from 0) and the step identify a line.

import Forecasting
import JSON
import Sequences
import Tensor
import TensorFile

/// How the forecasts of a model of windows are written as text.
public struct ForecastForm: Sendable {
  /// The names of the targets.
  let targets: [String]
  /// The number of steps ahead.
  let horizon: Int
  /// The time column of the series, which determines how times are written.
  let time: TimeColumn?
  /// Whether there is only one window of each series: its future.
  let isFuture: Bool
  /// The column that names the series; nil if there is one.
  let series: String?

  /// The form of a model's forecasts for an input; nil if the model's outputs are not forecasts of a series.
  public init?(_ model: LoadedModel, _ input: PreparedInput) throws {
    try self.init(model, header: input.header, isFuture: input.isFuture)
  }

  /// - Parameters:
  ///   - header: that of the windows.
  ///   - isFuture: whether there is only one window of each series: its future.
  public init?(_ model: LoadedModel, header: StreamHeader, isFuture: Bool) throws {
    guard let window = model.window else { return nil }
    (targets, horizon) = (window.targets, window.horizon)
    time = try TimeColumn(header: header) ?? model.time
    self.isFuture = isFuture
    series = try PanelForm(header: header)?.column
  }
}

/// The lines of one chunk of forecasts.
struct ForecastTable {
  /// The names of the columns.
  let names: [String]
  private let form: ForecastForm
  private let prediction: Tensor
  private let y: Tensor?
  private let times: [Int64]?
  private let firstWindow: Int
  /// The limits of intervals, by the name of their column.
  private let limits: [String: Tensor]
  /// The bytes of the series' names, and where those of each row begin.
  private let ids: (bytes: [UInt8], offsets: [Int])?

  /// Nil if a row of predictions does not have a value for each step and target.
  /// - Parameter firstWindow: the number of the chunk's first window.
  init?(_ chunk: Chunk, _ form: ForecastForm, firstWindow: Int) {
    let width = form.horizon * form.targets.count
    guard let prediction = chunk.columns["prediction"]?.tensor, prediction.rowWidth == width else {
      return nil
    }
    self.form = form
    self.prediction = prediction
    self.firstWindow = firstWindow
    y = chunk.columns["y"]?.tensor.flatMap { $0.rowWidth == width ? $0 : nil }
    let times = chunk.columns["time"]?.tensor
    self.times = times?.rowWidth == form.horizon ? times?.values(as: Int64.self) : nil
    let levels = IntervalColumns(Set(chunk.columns.keys)).levels.map { levelText($0) }
    let intervals = levels.flatMap { ["prediction-lo-\($0)", "prediction-hi-\($0)"] }
    limits = Dictionary(
      intervals.compactMap { name in chunk.columns[name]?.tensor.map { (name, $0) } },
      uniquingKeysWith: { $1 })
    ids = chunk.columns["id"]?.ragged.flatMap { ids in
      ids.values.values(as: UInt8.self).map { ($0, ids.offsets) }
    }
    let columns = Self.names(form, hasTimes: self.times != nil, limits: intervals)
    names = form.series == nil || ids == nil ? columns : [form.series ?? ""] + columns
  }

  private static func names(_ form: ForecastForm, hasTimes: Bool, limits: [String]) -> [String] {
    let usual =
      (hasTimes ? ["time"] : form.isFuture ? [] : ["window"]) + ["target", "y", "prediction"] + limits
    return form.horizon > 1 && !(form.isFuture && hasTimes) ? usual + ["step"] : usual
  }

  /// The number of lines.
  var count: Int { prediction.count }

  /// The cells of a line.
  func cells(_ line: Int) -> [JSONValue] {
    let width = form.targets.count
    let (window, step) = (line / (form.horizon * width), line / width % form.horizon)
    let hasSeries = form.series != nil && ids != nil
    let columns: [JSONValue] = names.dropFirst(hasSeries ? 1 : 0).map { name in
      switch name {
      case "time": .string(time(window * form.horizon + step))
      case "window": .integer(Int64(firstWindow + window))
      case "target": .string(form.targets[line % width])
      case "y": y?.jsonValue(at: line) ?? .null
      case "step": .integer(Int64(step + 1))
      default: (limits[name] ?? prediction).jsonValue(at: line)
      }
    }
    return hasSeries ? [.string(series(window))] + columns : columns
  }

  private func series(_ row: Int) -> String {
    guard let ids else { return "" }
    return String(decoding: ids.bytes[ids.offsets[row]..<ids.offsets[row + 1]], as: UTF8.self)
  }

  private func time(_ index: Int) -> String {
    guard let times else { return "" }
    return form.time?.text(times[index]) ?? "\(times[index])"
  }
}
