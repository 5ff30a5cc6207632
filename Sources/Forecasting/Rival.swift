// The statistical methods that a model's forecasts are compared with. They need no training: each forecast follows from
// the values before it.

/// A statistical method of forecasting.
public enum Rival: String, Sendable, CaseIterable {
  /// The last value.
  case naive
  /// The value one season earlier.
  case seasonalNaive = "seasonal_naive"
  /// The line through the first and the last value.
  case drift
  /// The mean of all values.
  case mean
  /// The theta method.
  case theta

  /// The key in results: `naive`, `seasonal_naive`, `drift`, `mean`, `theta`.
  public var key: String { rawValue }

  /// The methods for series with this season; without one, the seasonal naive forecast would be the naive one.
  /// - Parameter season: the number of steps in a season; at most 1 if there is none.
  public static func all(season: Int) -> [Rival] { allCases.filter { season > 1 || $0 != .seasonalNaive } }

  /// Forecasts the next `horizon` values.
  /// - Parameters:
  ///   - history: the values before the first step, all finite.
  ///   - season: the number of steps in a season; 1 if there is none.
  /// - Returns: nil if the history is too short for the method.
  public func forecast(_ history: [Double], season: Int, horizon: Int) -> SeriesForecast? {
    switch self {
    case .naive: naiveForecast(history, horizon: horizon)
    case .seasonalNaive: seasonalNaiveForecast(history, season: season, horizon: horizon)
    case .drift: driftForecast(history, horizon: horizon)
    case .mean: meanForecast(history, horizon: horizon)
    case .theta: ThetaMethod(history, season: season)?.forecast(horizon: horizon)
    }
  }
}
