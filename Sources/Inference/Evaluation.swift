// The evaluation of predictions: the loss and metrics as in training, errors in the units of the data, the errors of
// naive forecasts for comparison, and the confusion matrix.

import Failures
import Networks
import Sequences
import Tensor
import TensorFile
import Training

/// Metrics accumulated over chunks.
public struct Evaluation {
  private let model: LoadedModel
  private let metrics: [Metric]
  private let naive: NaiveForecast?
  private let methods: [NaiveForecast.Method]
  private var naiveErrors: [ForecastErrors]
  private var errors = ForecastErrors()
  /// Metrics of windows other than the standard errors, in the units of the data.
  private var additionalMetrics: MetricTotals?
  /// The confusion matrix, if requested.
  public private(set) var confusion: ConfusionCounts?
  private let countsConfusion: Bool
  private let loss: Loss

  /// - Parameters:
  ///   - metrics: metrics to use instead of the model's, in the format of the command line.
  ///   - countsConfusion: whether to compute the confusion matrix.
  /// - Throws: `Failure` (usage) if the confusion matrix is requested for a model with several outputs.
  public init(_ model: LoadedModel, metrics: String?, countsConfusion: Bool) throws {
    self.model = model
    let terms = try model.objective(metrics: metrics).terms
    guard !countsConfusion || terms.count == 1 else {
      throw Failure.usage("the model has several outputs", at: "--confusion", remedy: "omit it")
    }
    self.metrics = terms[0].metrics
    self.countsConfusion = countsConfusion
    loss = terms[0].loss
    let scaler = model.window.map { window in
      model.scaler ?? Scaler.identity(window.inputs + window.targets.filter { !window.inputs.contains($0) })
    }
    if let window = model.window, let scaler {
      naive = try NaiveForecast(window, scaler: scaler)
    } else {
      naive = nil
    }
    methods = naive?.methods(time: model.time) ?? []
    naiveErrors = methods.map { _ in ForecastErrors() }
  }

  /// Adds a chunk's predictions and targets, both in the units of the data.
  public mutating func add(_ prediction: Prediction.Output, targets: Tensor, _ chunk: Chunk) throws {
    if countsConfusion { try count(prediction, targets) }
    guard model.window != nil else { return }
    errors.add(prediction.values.doubles, targets: targets.doubles)
    try addAdditionalMetrics(prediction.values, targets)
    guard let naive, let x = chunk.columns["x"]?.tensor else { return }
    for (number, method) in methods.enumerated() {
      naiveErrors[number].add(try naive.forecast(method, x: x), targets: targets.doubles)
    }
  }

  private mutating func count(_ prediction: Prediction.Output, _ targets: Tensor) throws {
    let width = prediction.values.shape.last ?? 1
    var counted =
      confusion ?? ConfusionCounts(
        outputs: width, names: model.classes, ignoredClass: loss.ignoredClass, threshold: model.classThreshold)
    try counted.add(prediction: prediction.values.floats, targets: targets.floats, mask: prediction.mask)
    confusion = counted
  }

  private mutating func addAdditionalMetrics(_ prediction: Tensor, _ targets: Tensor) throws {
    let standard: [Metric] = [.meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError]
    let totals =
      try additionalMetrics
      ?? MetricTotals(
        metrics.filter { !standard.contains($0) }, outputWidth: prediction.rowWidth,
        targetWidth: targets.rowWidth)
    totals.add(output: probabilities(prediction), targets: targets.floats)
    additionalMetrics = totals
  }

  /// The values that metrics are computed from: probabilities, if the model outputs logits.
  private func probabilities(_ prediction: Tensor) -> [Float] {
    guard model.outputsLogits else { return prediction.floats }
    return loss.probabilities(of: prediction.floats, width: prediction.shape.last ?? 1)
  }

  /// The names and values of loss and metrics; for a model of windows, metrics are in the units of the data.
  ///
  /// - Parameter trained: the loss and metrics as computed in training.
  public func values(_ trained: [(name: String, value: Double)]) -> [(String, Double)] {
    var result: [(String, Double)] = trained.map { ($0.name, $0.value) }
    if model.window != nil {
      result = [result[0], ("mae", errors.mae), ("mse", errors.mse), ("rmse", errors.mse.squareRoot())]
      result += additionalMetrics?.values.map { ($0.name, $0.value) } ?? []
      for (method, errors) in zip(methods, naiveErrors) {
        result += [("\(method.key)_mae", errors.mae), ("\(method.key)_mse", errors.mse)]
      }
    }
    return result
  }
}
