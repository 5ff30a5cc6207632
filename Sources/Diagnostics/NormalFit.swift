// How far residuals are from a normal distribution: the fitted curve, and the points of a normal Q-Q plot.

import Forecasting
import Glibc

/// The normal distribution with the mean and the standard deviation of some values.
public struct NormalFit: Sendable, Equatable {
  /// The mean.
  public let mean: Double
  /// The standard deviation, with n - 1 in the denominator; 0 for a single value.
  public let deviation: Double
  private let sorted: [Double]

  /// Of the finite values; nil if there are none.
  public init?(_ values: [Double]) {
    sorted = values.filter(\.isFinite).sorted()
    guard !sorted.isEmpty else { return nil }
    let count = Double(sorted.count)
    let mean = sorted.reduce(0) { $0 + $1 / count }
    let square = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    deviation = sorted.count > 1 ? (square / (count - 1)).squareRoot() : 0
  }

  /// The density at `value`; NaN if all values are equal.
  public func density(_ value: Double) -> Double {
    let distance = (value - mean) / deviation
    return exp(-distance * distance / 2) / (deviation * (2 * Double.pi).squareRoot())
  }

  /// The values in ascending order, each with the quantile of the standard normal distribution that belongs to its rank,
  /// by the plotting positions of R's qqnorm: (i - a) / (n + 1 - 2a), with a = 3/8 for up to ten values, else 1/2.
  public var quantiles: [(normal: Double, value: Double)] {
    let a = sorted.count <= 10 ? 0.375 : 0.5
    return sorted.enumerated().map { rank, value in
      (normalQuantile((Double(rank + 1) - a) / (Double(sorted.count) + 1 - 2 * a)), value)
    }
  }
}
