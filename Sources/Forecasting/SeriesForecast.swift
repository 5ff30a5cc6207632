// A forecast of the next values of a series: a value for each step, and how far the truth is expected to be from it, from
// which quantiles follow as those of normal distributions.

/// A forecast of the next steps of a series.
public struct SeriesForecast: Sendable, Equatable {
  /// The forecast values, those of the steps 1, 2, ... ahead.
  public let values: [Double]
  /// The standard deviation of each step's error.
  public let deviations: [Double]

  /// Traps if the numbers of steps differ (a programming error).
  public init(values: [Double], deviations: [Double]) {
    precondition(values.count == deviations.count, "a deviation for each value")
    (self.values, self.deviations) = (values, deviations)
  }

  /// The quantile `q` of each step, for q between 0 and 1: value + deviation * z(q).
  public func quantile(_ q: Double) -> [Double] {
    let z = normalQuantile(q)
    return zip(values, deviations).map { $0 + z * $1 }
  }
}
