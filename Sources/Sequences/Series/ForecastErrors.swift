// The errors of forecasts.

/// Mean squared and mean absolute error, accumulated block by block.
public struct ForecastErrors: Sendable {
  private var squares = 0.0
  private var absolutes = 0.0
  /// The number of compared values.
  public private(set) var count = 0

  /// No values yet.
  public init() {}

  /// Compares forecasts with the actual values, both in the units of the data.
  public mutating func add(_ forecasts: [Double], targets: [Double]) {
    for (forecast, value) in zip(forecasts, targets) {
      squares += (forecast - value) * (forecast - value)
      absolutes += abs(forecast - value)
      count += 1
    }
  }

  /// Mean squared error; NaN if there are no values.
  public var mse: Double { squares / Double(count) }
  /// Mean absolute error; NaN if there are no values.
  public var mae: Double { absolutes / Double(count) }
}
