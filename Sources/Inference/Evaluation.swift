// How good the predictions are: the loss and metrics as trained, errors in the units of the data, the errors
// of the forecasts that cost nothing beside them, and which classes were taken for which.

import Failures
import Networks
import Sequences
import Tensor
import TensorFile
import Training

/// Measures gathered chunk by chunk.
public struct Evaluation {
  private let model: LoadedModel
  private let metrics: [Metric]
  private let naive: NaiveForecast?
  private let methods: [NaiveForecast.Method]
  private var naiveErrors: [ForecastErrors]
  private var errors = ForecastErrors()
  /// Metrics of windows besides the usual errors, in the units of the data.
  private var furtherMetrics: MetricTotals?
  /// Which classes were taken for which, where that was asked for.
  public private(set) var confusion: Confusion?
  private let countsClasses: Bool
  private let ignoredClass: Int?

  /// - Parameters:
  ///   - metrics: other metrics than the model's, as the command line writes them.
  ///   - countsClasses: whether true and predicted classes are counted.
  /// - Throws: `Failure` (usage) where the model has several outputs and classes are to be counted.
  public init(_ model: LoadedModel, metrics: String?, countsClasses: Bool) throws {
    self.model = model
    let terms = try model.objective(metrics: metrics).terms
    guard !countsClasses || terms.count == 1 else {
      throw Failure.usage("the model has several outputs", at: "--confusion", remedy: "leave it out")
    }
    self.metrics = terms[0].metrics
    self.countsClasses = countsClasses
    ignoredClass = terms[0].loss.ignoredClass
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
    if countsClasses { try count(prediction, targets) }
    guard model.window != nil else { return }
    errors.add(prediction.values.doubles, targets: targets.doubles)
    try addFurther(prediction.values, targets)
    guard let naive, let x = chunk.columns["x"]?.tensor else { return }
    for (number, method) in methods.enumerated() {
      naiveErrors[number].add(try naive.forecast(method, x: x), targets: targets.doubles)
    }
  }

  private mutating func count(_ prediction: Prediction.Output, _ targets: Tensor) throws {
    let width = prediction.values.shape.last ?? 1
    var counted = confusion ?? Confusion(outputs: width, names: model.classes, ignoredClass: ignoredClass)
    try counted.add(prediction: prediction.values.floats, targets: targets.floats, mask: prediction.mask)
    confusion = counted
  }

  private mutating func addFurther(_ prediction: Tensor, _ targets: Tensor) throws {
    let usual: [Metric] = [.meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError]
    let totals =
      try furtherMetrics
      ?? MetricTotals(
        metrics.filter { !usual.contains($0) }, outputWidth: prediction.rowWidth,
        targetWidth: targets.rowWidth)
    totals.add(output: prediction.floats, targets: targets.floats)
    furtherMetrics = totals
  }

  /// Names and values; the metrics of a model of windows are in the units of the data.
  ///
  /// - Parameter trained: the loss and the metrics as the network was trained with.
  public func values(_ trained: [(name: String, value: Double)]) -> [(String, Double)] {
    var result: [(String, Double)] = trained.map { ($0.name, $0.value) }
    if model.window != nil {
      result = [result[0], ("mae", errors.mae), ("mse", errors.mse), ("rmse", errors.mse.squareRoot())]
      result += furtherMetrics?.values.map { ($0.name, $0.value) } ?? []
      for (method, errors) in zip(methods, naiveErrors) {
        result += [("\(method.key)_mae", errors.mae), ("\(method.key)_mse", errors.mse)]
      }
    }
    return result
  }
}
