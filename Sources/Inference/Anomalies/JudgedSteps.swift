// The step of each window by which anomalies are judged: of a forecast the first one ahead, whose residual depends least on
// the horizon; of a reconstruction the last one, so that the answer is there as soon as the step is.

import Sequences
import Tensor
import TensorFile

extension WindowLayout {
  /// The step of the targets by which a window is judged.
  var judgedStep: Int { isReconstruction ? horizon - 1 : 0 }
}

/// Actual and predicted values of the judged steps of some windows.
public struct JudgedSteps {
  /// The number of steps.
  public let rows: Int
  /// The number of targets.
  let width: Int
  /// The actual values, `[rows, targets]`, in the units of the data.
  let y: [Double]
  /// The predictions, `[rows, targets]`.
  let prediction: [Double]
  /// The time of each step.
  public let times: [Int64]?
  /// Whether each step is labeled as an anomaly; nil if labels are not known.
  public let labels: [Bool]?

  /// - Parameters:
  ///   - chunk: the chunk that was predicted, with the column `label` if labels are known.
  ///   - result: its predictions and targets in the units of the data.
  init(_ chunk: Chunk, _ result: Chunk, _ layout: WindowLayout) {
    (rows, width) = (chunk.rows, layout.targets.count)
    let step = layout.judgedStep
    func part<Value>(_ values: [Value], _ width: Int) -> [Value] {
      var kept: [Value] = []
      for row in 0..<chunk.rows {
        let first = (row * layout.horizon + step) * width
        kept += values[first..<first + width]
      }
      return kept
    }
    y = part(result.columns["y"]?.tensor?.doubles ?? [], width)
    prediction = part(result.columns["prediction"]?.tensor?.doubles ?? [], width)
    let times = result.columns["time"]?.tensor.flatMap { $0.rowWidth == layout.horizon ? $0 : nil }
    self.times = times?.values(as: Int64.self).map { part($0, 1) }
    let labels = chunk.columns["label"]?.tensor.flatMap { $0.rowWidth == layout.horizon ? $0 : nil }
    self.labels = labels?.values(as: UInt8.self).map { part($0, 1).map { $0 == 1 } }
  }

  /// One step.
  init(y: [Double], prediction: [Double]) {
    (rows, width, self.y, self.prediction) = (1, y.count, y, prediction)
    (times, labels) = (nil, nil)
  }

  /// The difference between actual value and prediction.
  func residual(_ row: Int, _ target: Int) -> Double {
    y[row * width + target] - prediction[row * width + target]
  }
}
