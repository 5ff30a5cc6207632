// How good the predictions are: the loss and metrics as trained, errors in the units of the data, the errors
// of the forecasts that cost nothing beside them, and which classes were taken for which.

import Failures
import Sequences
import Tensor
import TensorFile
import Training

/// Measures gathered chunk by chunk.
struct Evaluation {
  private let model: LoadedModel
  private let metrics: [Metric]
  private let naive: NaiveForecast?
  private let methods: [NaiveForecast.Method]
  private var naiveErrors: [ForecastErrors]
  private var errors = ForecastErrors()
  /// Metrics of windows besides the usual errors, in the units of the data.
  private var furtherMetrics: MetricTotals?
  private(set) var confusion: Confusion?
  private let countsClasses: Bool
  private let ignoredClass: Int?

  /// - Parameters:
  ///   - metrics: what is measured besides the loss.
  ///   - countsClasses: whether true and predicted classes are counted.
  ///   - ignoredClass: the class number whose places the loss leaves out.
  init(_ model: LoadedModel, _ metrics: [Metric], countsClasses: Bool, ignoredClass: Int?) throws {
    self.model = model
    self.metrics = metrics
    self.countsClasses = countsClasses
    self.ignoredClass = ignoredClass
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

  /// Takes a chunk's predictions and truth, both in the units of the data.
  ///
  /// - Parameters:
  ///   - outputs: the network's outputs of a row and step.
  ///   - mask: which rows and steps count; all do where nil.
  mutating func add(
    prediction: Tensor, truth: Tensor, _ chunk: Chunk, outputs: Int, mask: [Bool]?
  ) throws {
    if countsClasses { try count(prediction, truth, outputs: outputs, mask) }
    guard model.window != nil else { return }
    errors.add(prediction.doubles, targets: truth.doubles)
    try addFurther(prediction, truth)
    guard let naive, let x = chunk.columns["x"]?.tensor else { return }
    for (number, method) in methods.enumerated() {
      naiveErrors[number].add(try naive.forecast(method, x: x), targets: truth.doubles)
    }
  }

  private mutating func count(
    _ prediction: Tensor, _ truth: Tensor, outputs: Int, _ mask: [Bool]?
  ) throws {
    var counted =
      confusion ?? Confusion(outputs: outputs, names: model.classes, ignoredClass: ignoredClass)
    try counted.add(prediction: prediction.floats, truth: truth.floats, mask: mask)
    confusion = counted
  }

  private mutating func addFurther(_ prediction: Tensor, _ truth: Tensor) throws {
    let usual: [Metric] = [.meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError]
    let totals =
      try furtherMetrics
      ?? MetricTotals(
        metrics.filter { !usual.contains($0) }, outputWidth: prediction.rowWidth, truthWidth: truth.rowWidth)
    totals.add(output: prediction.floats, truth: truth.floats)
    furtherMetrics = totals
  }

  /// Names and values; the metrics of a model of windows are in the units of the data.
  ///
  /// - Parameter trained: the loss and the metrics as the network was trained with.
  func values(_ trained: [(name: String, value: Double)]) -> [(String, Double)] {
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
