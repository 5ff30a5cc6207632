// The errors of forecasts in the units of the data, in double precision: over all values, and over those of one
// target. Formulas are those of Keras (keras/src/metrics/regression_metrics.py, keras/src/losses/losses.py).

/// Errors of forecasts, accumulated block by block.
public struct ForecastErrors: Sendable {
  /// The sums over the rows of one output.
  private struct Sums: Sendable {
    var count = 0
    var absolutes = 0.0
    var squares = 0.0
    /// Of |error| / |target|: over all targets, zeros as 1e-7, and over those that aren't zero.
    var fractions = 0.0
    var fractionsWithoutZeros = 0.0
    var zeros = 0
    /// The mean of the targets, and the sum of squared deviations from it (Welford 1962).
    var mean = 0.0
    var deviations = 0.0

    mutating func add(_ forecast: Double, _ target: Double) {
      let error = abs(forecast - target)
      count += 1
      absolutes += error
      squares += error * error
      fractions += error / max(abs(target), 1e-7)
      if target == 0 { zeros += 1 } else { fractionsWithoutZeros += error / abs(target) }
      let delta = target - mean
      mean += delta / Double(count)
      deviations += delta * (target - mean)
    }
  }

  private var outputs: [Sums]

  /// No values yet.
  /// - Parameter outputs: the number of values in a row.
  public init(outputs: Int = 1) { self.outputs = Array(repeating: Sums(), count: max(1, outputs)) }

  /// The number of values in a row.
  public var width: Int { outputs.count }

  /// Compares forecasts with the actual values, both in the units of the data: rows of `outputs` values.
  public mutating func add(_ forecasts: [Double], targets: [Double]) {
    for (index, (forecast, target)) in zip(forecasts, targets).enumerated() {
      outputs[index % outputs.count].add(forecast, target)
    }
  }

  /// The errors of target number `target` of `targets`, where rows are `[horizon, targets]`.
  public func of(target: Int, among targets: Int) -> ForecastErrors {
    var part = self
    part.outputs = stride(from: target, to: outputs.count, by: targets).map { outputs[$0] }
    return part
  }

  private func sum(_ value: (Sums) -> Double) -> Double { outputs.reduce(0) { $0 + value($1) } }

  /// The number of compared values.
  public var count: Int { outputs.reduce(0) { $0 + $1.count } }
  /// The number of targets that are zero.
  public var zeros: Int { outputs.reduce(0) { $0 + $1.zeros } }
  /// Mean squared error; NaN if there are no values.
  public var mse: Double { sum(\.squares) / Double(count) }
  /// Mean absolute error; NaN if there are no values.
  public var mae: Double { sum(\.absolutes) / Double(count) }
  /// The square root of the mean squared error.
  public var rmse: Double { mse.squareRoot() }
  /// Mean absolute error in percent of the target, with 1e-7 in place of smaller targets, as in Keras.
  public var mape: Double { 100 * sum(\.fractions) / Double(count) }
  /// The same without the targets that are zero; NaN if all are.
  public var mapeWithoutZeros: Double { 100 * sum(\.fractionsWithoutZeros) / Double(count - zeros) }
  /// The mean over a row's outputs of 1 - squared errors / squared deviations from the output's mean; an output with
  /// constant targets counts as 0, as in Keras.
  public var r2: Double {
    let scores = outputs.map { 1 - $0.squares / $0.deviations }
    return scores.reduce(0) { $0 + ($1.isFinite ? $1 : 0) } / Double(outputs.count)
  }
}
