// Whether a series has a season, and its pattern: the test and the classical decomposition that the theta method of
// statsmodels uses (statsmodels/tsa/forecasting/theta.py, statsmodels/tsa/seasonal.py).

/// A repeated pattern of `season` values.
struct SeasonalPattern {
  /// The factors or summands of the positions in a season, from that of the first value on.
  let values: [Double]
  /// Whether the pattern multiplies the level, rather than being added to it.
  let multiplies: Bool

  /// The pattern of `y`; nil if there is none: too few values, or no significant correlation one season apart.
  init?(_ y: [Double], season: Int) {
    guard season > 1, y.count >= 2 * season, Self.isSeasonal(y, season: season) else { return nil }
    if y.allSatisfy({ $0 > 0 }) {
      let factors = Self.decompose(y, season: season, multiplies: true)
      if factors.allSatisfy({ $0 > 0 }) {
        (values, multiplies) = (factors, true)
        return
      }
    }
    (values, multiplies) = (Self.decompose(y, season: season, multiplies: false), false)
  }

  /// `y` without the pattern.
  func removed(from y: [Double]) -> [Double] {
    y.enumerated().map { index, value in
      let own = values[index % values.count]
      return multiplies ? value / own : value - own
    }
  }

  /// `value` at position `index` with the pattern.
  func applied(to value: Double, at index: Int) -> Double {
    let own = values[index % values.count]
    return multiplies ? value * own : value + own
  }

  /// The factor by which the pattern widens errors at position `index`.
  func spread(at index: Int) -> Double { multiplies ? values[index % values.count] : 1 }

  /// T * r_m^2 / sum of r_k^2, k = 0 ..< m, above the 90 % quantile of chi-squared with one degree of freedom, where r_k
  /// is the autocorrelation at lag k.
  private static func isSeasonal(_ y: [Double], season: Int) -> Bool {
    let mean = y.reduce(0, +) / Double(y.count)
    let centered = y.map { $0 - mean }
    func covariance(_ lag: Int) -> Double {
      zip(centered.dropFirst(lag), centered).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let variance = covariance(0)
    guard variance > 0 else { return false }
    let before = (0..<season).reduce(0) { sum, lag in
      let r = covariance(lag) / variance
      return sum + r * r
    }
    let r = covariance(season) / variance
    return Double(y.count) * r * r / before > 2.705543454095404
  }

  /// The mean of each position after a centered moving average over one season is divided by or subtracted, normalized
  /// to the mean 1 or 0.
  private static func decompose(_ y: [Double], season: Int, multiplies: Bool) -> [Double] {
    let trend = centeredAverage(y, season: season)
    let start = season / 2
    var (sums, counts) = (Array(repeating: 0.0, count: season), Array(repeating: 0, count: season))
    for (offset, level) in trend.enumerated() {
      let index = start + offset
      sums[index % season] += multiplies ? y[index] / level : y[index] - level
      counts[index % season] += 1
    }
    let means = zip(sums, counts).map { $0 / Double($1) }
    let mean = means.reduce(0, +) / Double(season)
    return means.map { multiplies ? $0 / mean : $0 - mean }
  }

  /// The moving average over one season, from the first complete one on; of an even season, half the weight is that of
  /// the window one step later.
  private static func centeredAverage(_ y: [Double], season: Int) -> [Double] {
    let ends = season % 2 == 0 ? season : season - 1
    return (0..<y.count - ends).map { first in
      var sum = y[first..<first + season].reduce(0, +)
      if season % 2 == 0 { sum += (y[first + season] - y[first]) / 2 }
      return sum / Double(season)
    }
  }
}
