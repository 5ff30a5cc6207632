// The autocorrelation of residuals, and the Ljung-Box test of whether they are white noise (Ljung and Box 1978).

/// The correlation of a series with itself, shifted by 1, 2, ... steps.
public struct Autocorrelation: Sendable, Equatable {
  /// The values at lags 1, 2, ..., each from -1 to 1.
  public let values: [Double]
  /// The number of values of the series that are known.
  public let count: Int

  /// Missing values (NaN) are left out, but keep their place in time. As usual, sums over fewer products are divided by
  /// the same number, so that values at high lags shrink.
  /// - Parameter lags: how many lags; at most one less than there are values.
  /// - Returns: nil if the series is constant, or has fewer than three known values.
  public init?(_ series: [Double], lags: Int) {
    let known = series.filter(\.isFinite)
    count = known.count
    let mean = known.reduce(0, +) / Double(max(1, count))
    let deviations = series.map { $0.isFinite ? $0 - mean : 0 }
    let square = deviations.reduce(0) { $0 + $1 * $1 }
    let size = known.reduce(0) { max($0, abs($1)) }
    // Of equal values, the mean may differ by rounding.
    guard count > 2, square > Double(count) * size * size * 1e-28, square.isFinite else { return nil }
    let most = max(0, min(lags, series.count - 1))
    values =
      most == 0
      ? []
      : (1...most).map { lag in
        zip(deviations, deviations.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 } / square
      }
  }

  /// The size that the value of a lag exceeds in only 5 % of the cases if the series is white noise.
  public var limit: Double { 1.959963984540054 / Double(count).squareRoot() }

  /// The statistic Q of the first `lags` lags, and the probability of as large a one for white noise.
  public func ljungBox(lags: Int) -> (statistic: Double, probability: Double) {
    let n = Double(count)
    let used = values.prefix(max(0, min(lags, count - 1)))
    let sum = used.enumerated().reduce(0) { $0 + $1.element * $1.element / (n - Double($1.offset + 1)) }
    let statistic = n * (n + 2) * sum
    return (statistic, chiSquareTail(statistic, degrees: used.count))
  }
}
