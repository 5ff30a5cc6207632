// How good the predictions are: the loss and metrics as trained, errors in the units of the data, and the
// errors of the forecasts that cost nothing beside them.

import Failures
import Sequences
import Tensor
import TensorFile
import Training

/// Measures gathered chunk by chunk.
struct Evaluation {
  private let model: LoadedModel
  private let naive: NaiveForecast?
  private let methods: [NaiveForecast.Method]
  private var naiveErrors: [ForecastErrors]
  private var errors = ForecastErrors()

  init(_ model: LoadedModel) throws {
    self.model = model
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
  mutating func add(prediction: Tensor, truth: Tensor, _ chunk: Chunk) throws {
    guard model.window != nil else { return }
    errors.add(prediction.doubles, truth: truth.doubles)
    guard let naive, let x = chunk.columns["x"]?.tensor else { return }
    for (number, method) in methods.enumerated() {
      naiveErrors[number].add(try naive.forecast(method, x: x), truth: truth.doubles)
    }
  }

  /// Names and values; the metrics of a model of windows are in the units of the data.
  func values(_ tally: Tally) throws -> [(String, Double)] {
    var result = [("loss", tally.loss)]
    if model.window != nil {
      result += [("mae", errors.mae), ("mse", errors.mse), ("rmse", errors.mse.squareRoot())]
      for (method, errors) in zip(methods, naiveErrors) {
        result += [("\(method.key)_mae", errors.mae), ("\(method.key)_mse", errors.mse)]
      }
      return result
    }
    for (number, name) in model.file.metrics.enumerated() {
      result.append((name, try Metric(named: name).value(tally.sums[number + 1], rows: tally.rows)))
    }
    return result
  }
}
