// The layout of predictions in a stream.

import Charts
import Failures
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
      return ForecastCurve(
        target: targets[target], x: hasTimes ? times : (1...horizon).map(Double.init),
        actual: hasActual ? indices.map { actual[$0] } : [], prediction: indices.map { prediction[$0] })
    }
  }
}
