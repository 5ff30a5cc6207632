// The theta method of V. Assimakopoulos and K. Nikolopoulos (2000), "The theta model: a decomposition approach to
// forecasting", International Journal of Forecasting 16, the winner of the M3 competition, as R. J. Hyndman and B. Billah
// (2003) simplified it and statsmodels' ThetaModel computes it:
//
//   X = y without its seasonal pattern, if the test finds one
//   X_t = a + b (t - 1) + error                                   by least squares
//   x = the level of simple exponential smoothing with weight alpha
//   forecast of X_{T+h} = x + b / 2 * (h - 1 + 1 / alpha - (1 - alpha)^T / alpha)
//
// and the seasonal pattern is applied again. The errors' variance is s^2 * (1 + (h - 1) * alpha^2), that of exponential
// smoothing ("Forecasting: Principles and Practice", section 8.7).

import Glibc

/// The theta method, fitted to a series.
struct ThetaMethod {
  /// The newest values that count: at least these, and at least so many seasons.
  static let (mostValues, mostSeasons) = (1000, 4)

  private let count: Int
  private let slope: Double
  private let smoothing: ExponentialSmoothing
  private let pattern: SeasonalPattern?

  /// Nil for fewer than 3 values.
  init?(_ history: ArraySlice<Double>, season: Int) {
    let y = Array(history.suffix(max(Self.mostValues, Self.mostSeasons * season)))
    guard y.count >= 3 else { return nil }
    pattern = SeasonalPattern(y, season: season)
    let levels = pattern?.removed(from: y) ?? y
    count = levels.count
    slope = Self.slope(levels)
    smoothing = ExponentialSmoothing(levels)
  }

  func forecast(horizon: Int) -> SeriesForecast {
    let alpha = smoothing.alpha
    let start = alpha > 0 ? (1 - pow(1 - alpha, Double(count))) / alpha : 0
    var (values, deviations): ([Double], [Double]) = ([], [])
    for step in 0..<horizon {
      let level = smoothing.level + slope / 2 * (Double(step) + start)
      let index = count + step
      values.append(pattern?.applied(to: level, at: index) ?? level)
      let widening = (1 + Double(step) * alpha * alpha).squareRoot() * (pattern?.spread(at: index) ?? 1)
      deviations.append(smoothing.deviation * widening)
    }
    return SeriesForecast(values: values, deviations: deviations)
  }

  /// The slope of the line through the values by least squares.
  private static func slope(_ y: [Double]) -> Double {
    let middle = Double(y.count - 1) / 2
    var (products, squares) = (0.0, 0.0)
    for (index, value) in y.enumerated() {
      let distance = Double(index) - middle
      products += distance * value
      squares += distance * distance
    }
    return products / squares
  }
}
