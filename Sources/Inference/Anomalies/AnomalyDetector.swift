// Runs a model of windows, and compares its predictions with the actual values.

import Anomalies
import Failures
import Sequences
import Tensor
import TensorFile

/// Finds the steps whose residuals are unusual.
public final class AnomalyDetector {
  /// The model's windows.
  public let window: WindowLayout
  private let model: LoadedModel
  private let batchSize: Int?
  private let threads: Int
  private var predictor: Predictor?

  /// - Throws: `Failure` (data) if the model was not trained on windows of a series.
  public init(_ model: LoadedModel, batchSize: Int? = nil, threads: Int) throws {
    guard let window = model.window, model.document == nil else {
      throw Failure.data(
        "anomalies need a model of windows of a series, which this is not", at: model.path,
        remedy: "train one on windows from rnn-window")
    }
    guard model.file.architecture.topology.outputs.count == 1,
      model.distribution != nil
        || model.file.architecture.outputs[0].extents.reduce(1, *)
          == window.horizon * window.targets.count * (model.quantiles?.count ?? 1)
    else {
      throw Failure.data(
        "its output is not one value for each step and target", at: model.path,
        remedy: "train it on windows from rnn-window, with as many outputs as targets")
    }
    (self.model, self.window, self.batchSize, self.threads) = (model, window, batchSize, threads)
  }

  /// The judged steps of a chunk of windows.
  /// - Parameter firstRow: the number of its first row, for messages.
  public func steps(_ chunk: Chunk, firstRow: Int) throws -> JudgedSteps {
    let predictor = try predictor(for: chunk)
    let result = try model.columns(of: predictor.predict(chunk, firstRow: firstRow), chunk)
    return JudgedSteps(chunk, result, window)
  }

  /// The judged step of one window.
  /// - Parameters:
  ///   - window: the window, `x` and what its targets are scaled by.
  ///   - y: the actual values of the judged step, in the units of the data.
  func step(_ window: Chunk, y: [Double]) throws -> JudgedSteps {
    let values = try predictor(for: window).predict(window, firstRow: 0).outputs[0].values.doubles
    let first = self.window.judgedStep * self.window.targets.count
    return JudgedSteps(y: y, prediction: Array(values[first..<first + self.window.targets.count]))
  }

  private func predictor(for chunk: Chunk) throws -> Predictor {
    if let predictor { return predictor }
    let made = try Predictor(model, like: chunk, PredictorOptions(batchSize: batchSize, threads: threads))
    predictor = made
    return made
  }

  /// The rows of a chunk whose series are calibrated.
  public func judged(_ chunk: Chunk, _ calibration: AnomalyCalibration) throws -> Chunk {
    guard calibration.isPerSeries else { return chunk }
    let names = chunk.rowNames
    guard !names.isEmpty else {
      throw Failure.data(
        "its rows have no names of series, but each series was calibrated by itself",
        remedy: "name the column: --series")
    }
    let own = names.indices.filter { calibration.of(names[$0]) != nil }
    return own.count == chunk.rows ? chunk : chunk.gather(own)
  }

  /// The results for some steps, whose series are calibrated, as rows of a stream: `y`, `prediction` and `score` F64 [rows, targets], `anomaly` U8 [rows,
  /// targets], and `time` I64 [rows, 1], `label` U8 [rows] and `split` where they are known.
  public func results(_ steps: JudgedSteps, _ chunk: Chunk, _ calibration: AnomalyCalibration) -> Chunk {
    let shape = [steps.rows, steps.width]
    var (scores, anomalies) = ([Double](), [UInt8]())
    let names = chunk.rowNames
    for row in 0..<steps.rows {
      guard let own = calibration.of(names.isEmpty ? "" : names[row]) else { continue }
      for target in 0..<steps.width {
        let score = own.score(steps.residual(row, target), target: target)
        scores.append(score)
        anomalies.append(own.isAnomaly(score, target: target) ? 1 : 0)
      }
    }
    var columns: [String: Column] = [
      "y": .dense(Tensor(steps.y, shape: shape)),
      "prediction": .dense(Tensor(steps.prediction, shape: shape)),
      "score": .dense(Tensor(scores, shape: shape)), "anomaly": .dense(Tensor(anomalies, shape: shape)),
    ]
    columns["time"] = steps.times.map { .dense(Tensor($0, shape: [steps.rows, 1])) }
    columns["label"] = steps.labels.map { .dense(Tensor($0.map { $0 ? UInt8(1) : 0 })) }
    columns["split"] = chunk.columns["split"]
    columns["id"] = chunk.columns["id"]
    return Chunk(columns, rows: steps.rows)
  }

  /// The header of a stream of results for an input with this header.
  public func header(for input: StreamHeader) throws -> StreamHeader {
    var header = model.predictionHeader(for: input)
    var layout = window
    (layout.horizon, layout.ahead) = (1, max(1, window.ahead))
    layout.write(into: &header)
    header.kind = "predictions"
    return header
  }
}
