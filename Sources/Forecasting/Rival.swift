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
  ///   - sum: their sum, added up from the first on, if it is known.
  ///   - season: the number of steps in a season; 1 if there is none.
  ///   - needsDeviations: whether the deviations of errors are needed; else they may be 0, which takes less time.
  /// - Returns: nil if the history is too short for the method.
  public func forecast(
    _ history: ArraySlice<Double>, sum: Double? = nil, season: Int, horizon: Int, needsDeviations: Bool = true
  ) -> SeriesForecast? {
    switch self {
    case .naive:
      return naiveForecast(needsDeviations ? history : history.suffix(1), horizon: horizon)
    case .seasonalNaive:
      let enough = max(1, season)
      return seasonalNaiveForecast(
        needsDeviations ? history : history.suffix(enough), season: season, horizon: horizon)
    case .drift: return driftForecast(history, horizon: horizon, needsDeviations: needsDeviations)
    case .mean: return meanForecast(history, sum: sum, horizon: horizon, needsDeviations: needsDeviations)
    case .theta: return ThetaMethod(history, season: season)?.forecast(horizon: horizon)
    }
  }
}
