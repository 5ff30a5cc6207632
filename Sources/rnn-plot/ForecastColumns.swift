// The layout of predictions in a stream.

import Charts
import Failures
import Forecasting
import Sequences
import TensorFile

/// What the columns of a stream of predictions hold.
struct ForecastColumns {
  /// The number of steps ahead.
  let horizon: Int
  /// The names of the targets; a single empty name if unknown.
  let targets: [String]
  /// Whether each step has a time.
  let hasTimes: Bool
  /// Whether the actual values are known.
  let hasActual: Bool
  /// Whether each row has the values that its forecast continues.
  let hasHistory: Bool
  /// The levels of the predictions' intervals, ascending.
  let levels: [Double]

  init(_ reader: TensorReader, named name: String) throws {
    guard let prediction = reader.schema["prediction"], !prediction.isRagged else {
      throw Failure.data(
        "there is no column prediction", at: name, remedy: "plot the output of rnn-predict")
    }
    let width = prediction.rowShape.reduce(1, *)
    let layout = try WindowLayout(header: reader.header)
    let times = reader.schema["time"].map { $0.rowShape.reduce(1, *) }
    let steps = layout?.horizon ?? times ?? width
    guard steps > 0, width > 0, width % steps == 0 else {
      throw Failure.data("\(width) predictions per row are not a multiple of the horizon, \(steps)", at: name)
    }
    horizon = steps
    targets = ForecastColumns.names(layout?.targets, count: width / steps)
    hasTimes = times == steps
    hasActual = try ForecastColumns.checkActual(reader, width: width, named: name)
    levels =
      IntervalColumns(Set(reader.schema.filter { $0.value.rowShape.reduce(1, *) == width }.keys)).levels
    hasHistory = reader.schema["history"].map { !$0.isRagged && $0.rowShape.last == width / steps } ?? false
  }

  private static func checkActual(_ reader: TensorReader, width: Int, named name: String) throws -> Bool {
    guard let actual = reader.schema["y"] else { return false }
    guard !actual.isRagged, actual.rowShape.reduce(1, *) == width else {
      throw Failure.data(
        "y and prediction have different widths", at: name,
        remedy: "use rnn-plot confusion for classes")
    }
    return true
  }

  private static func names(_ known: [String]?, count: Int) -> [String] {
    if let known, known.count == count { return known }
    return count == 1 ? [""] : (0..<count).map { "target \($0)" }
  }

  /// One row's forecast, step by step.
  func path(_ row: Chunk, targets chosen: [Int]) -> [ForecastCurve] {
    let prediction = row.columns["prediction"]?.tensor?.doubles ?? []
    let actual = row.columns["y"]?.tensor?.doubles ?? []
    let times = row.columns["time"]?.tensor?.doubles ?? []
    return chosen.map { target in
      let indices = (0..<horizon).map { $0 * targets.count + target }
      var curve = ForecastCurve(
        target: targets[target], x: hasTimes ? times : (1...horizon).map(Double.init),
        actual: hasActual ? indices.map { actual[$0] } : [], prediction: indices.map { prediction[$0] })
      curve.bands = bands { name in
        let all = row.columns[name]?.tensor?.doubles ?? []
        return indices.map { all[$0] }
      }
      if hasHistory { addHistory(to: &curve, row, target: target) }
      return curve
    }
  }

  /// The bands of intervals, from the widest on.
  /// - Parameter values: the values of a column that are shown.
  func bands(_ values: (String) -> [Double]) -> [ForecastCurve.Band] {
    levels.reversed().map { level in
      let text = levelText(level)
      return ForecastCurve.Band(
        name: "\(text) %", low: values("prediction-lo-\(text)"), high: values("prediction-hi-\(text)"))
    }
  }

  /// The history before step 1, which without times has the positions 0, -1, ...
  private func addHistory(to curve: inout ForecastCurve, _ row: Chunk, target: Int) {
    let all = row.columns["history"]?.tensor?.doubles ?? []
    let values = stride(from: target, to: all.count, by: targets.count).map { all[$0] }
    let times = row.columns["history_time"]?.tensor?.doubles ?? []
    if hasTimes, times.count == values.count {
      curve.historyX = times
    } else if !hasTimes {
      curve.historyX = values.indices.map { Double($0 - values.count + 1) }
    } else {
      return
    }
    // A target that the series lacked has no history.
    if values.contains(where: \.isFinite) { curve.history = values } else { curve.historyX = [] }
  }
}
