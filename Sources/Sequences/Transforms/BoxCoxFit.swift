// The exponent of the Box-Cox transformation by maximum likelihood: of normally distributed transformed values, whose
// mean and variance are those of each series,
//
//   L(l) = sum over series of  -n/2 log var(y(l)) + (l - 1) sum log v
//
// as scipy.stats.boxcox_llf for one series. L is maximized over 0 to 2 by golden-section search.

import Foundation

/// Estimates the exponent for one column.
struct BoxCoxFit {
  /// How far the result may be off.
  private static let tolerance = 1e-6
  /// The logarithms of the values of each series.
  private var logarithms: [[Double]] = []

  /// Adds the values of a series, all positive.
  mutating func add(_ values: [Double]) {
    if values.count > 1 { logarithms.append(values.map { log($0) }) }
  }

  /// The most likely exponent; 1, which changes nothing but the offset, if no values differ.
  var exponent: Double {
    let varying = logarithms.filter { $0.contains { [first = $0.first] in $0 != first } }
    guard !varying.isEmpty else { return 1 }
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (ValueTransform.exponents.lowerBound, ValueTransform.exponents.upperBound)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (atLeft, atRight) = (likelihood(left, varying), likelihood(right, varying))
    while high - low > Self.tolerance {
      if atLeft >= atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - ratio * (high - low)
        atLeft = likelihood(left, varying)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + ratio * (high - low)
        atRight = likelihood(right, varying)
      }
    }
    return (low + high) / 2
  }

  /// The logarithm of the likelihood, but for a constant.
  private func likelihood(_ exponent: Double, _ series: [[Double]]) -> Double {
    series.reduce(0) { sum, logs in
      var (mean, squares, count, total) = (0.0, 0.0, 0.0, 0.0)
      for log in logs {
        let value = exponent == 0 ? log : expm1(exponent * log) / exponent
        count += 1
        let delta = value - mean
        mean += delta / count
        squares += delta * (value - mean)
        total += log
      }
      return sum - count / 2 * Foundation.log(squares / count) + (exponent - 1) * total
    }
  }
}
