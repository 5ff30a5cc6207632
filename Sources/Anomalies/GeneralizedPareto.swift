// The generalized Pareto distribution, the limit of the distribution of the excesses over a high threshold (Pickands 1975,
// Balkema and de Haan 1974), fitted by maximum likelihood:
//
//   P(X > x) = (1 + shape x / scale)^(-1 / shape)        exp(-x / scale) for shape 0
//
// As in S. D. Grimshaw, "Computing Maximum Likelihood Estimates for the Generalized Pareto Distribution", Technometrics 35
// (1993), the likelihood is maximized over theta = shape / scale alone, since for a given theta the best shape is
//
//   k(theta) = mean(ln(1 + theta x))      and  log L = -n (ln(k / theta) + k + 1)
//
// theta lies between -1 / max(x) and 2 (mean - min) / min^2. Shapes below -1, for which the likelihood has no bound, are
// excluded.

import Glibc

/// A generalized Pareto distribution that begins at 0.
public struct GeneralizedPareto: Sendable, Equatable {
  /// The shape: above 0 for heavy tails, 0 for an exponential one, below 0 for a tail that ends.
  public let shape: Double
  /// The scale, in the units of the excesses.
  public let scale: Double

  /// The distribution with these parameters.
  public init(shape: Double, scale: Double) { (self.shape, self.scale) = (shape, scale) }

  /// The most likely distribution of excesses; nil if there are fewer than two, or they are not all above 0.
  public init?(fitting excesses: [Double]) {
    let mean = excesses.reduce(0, +) / Double(excesses.count)
    guard excesses.count > 1, mean.isFinite, excesses.allSatisfy({ $0 > 0 }) else { return nil }
    let profile = Profile(excesses.map { $0 / mean })
    let theta = profile.maximum
    let shape = profile.shape(theta)
    self.init(
      shape: abs(theta) < Profile.nearZero ? 0 : shape,
      scale: mean * (abs(theta) < Profile.nearZero ? 1 : shape / theta))
  }

  /// The excess that is exceeded with the probability `p`.
  public func excess(exceededWith p: Double) -> Double {
    shape == 0 ? -scale * log(p) : scale / shape * expm1(-shape * log(p))
  }
}

/// The likelihood of excesses with the mean 1, as a function of theta.
private struct Profile {
  static let nearZero = 1e-9
  let values: [Double]
  private let largest: Double
  private let smallest: Double

  init(_ values: [Double]) {
    self.values = values
    (largest, smallest) = (values.max() ?? 1, values.min() ?? 1)
  }

  /// The best shape for theta.
  func shape(_ theta: Double) -> Double {
    values.reduce(0) { $0 + log1p(theta * $1) } / Double(values.count)
  }

  /// The mean log-likelihood; that of an exponential distribution at 0.
  func likelihood(_ theta: Double) -> Double {
    guard abs(theta) >= Self.nearZero else { return -1 }
    let shape = shape(theta)
    guard shape >= -1, shape / theta > 0 else { return -.infinity }
    return -(log(shape / theta) + shape + 1)
  }

  /// The theta with the largest likelihood: the best of the inner maxima of a grid, or else its best point, refined.
  var maximum: Double {
    let grid = grid
    let heights = grid.map(likelihood)
    let inner = grid.indices.dropFirst().dropLast().filter {
      heights[$0].isFinite && heights[$0] >= heights[$0 - 1] && heights[$0] >= heights[$0 + 1]
    }
    let candidates = inner.isEmpty ? Array(grid.indices) : inner
    let best = candidates.max { heights[$0] < heights[$1] } ?? 0
    return refined(grid[max(best - 1, 0)], grid[min(best + 1, grid.count - 1)])
  }

  /// Logarithmic steps away from 0 and towards the lower limit.
  private var grid: [Double] {
    let limit = min(max(2 * (1 - smallest) / (smallest * smallest), 1), 1e6)
    let steps = (0...120).map { pow(10, -6 + 6 * Double($0) / 120) }
    let below =
      steps.dropLast().map { -0.5 * $0 / largest } + steps.reversed().map { -(1 - 0.5 * $0) / largest }
    return below.sorted() + [0] + steps.map { $0 * limit }
  }

  /// The largest likelihood between two points, by golden sections.
  private func refined(_ low: Double, _ high: Double) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (a, b) = (low, high)
    var (c, d) = (b - ratio * (b - a), a + ratio * (b - a))
    var (atC, atD) = (likelihood(c), likelihood(d))
    while b - a > 1e-12 * max(abs(a), abs(b), 1e-3) {
      if atC > atD {
        (b, d, atD) = (d, c, atC)
        c = b - ratio * (b - a)
        atC = likelihood(c)
      } else {
        (a, c, atC) = (c, d, atD)
        d = a + ratio * (b - a)
        atD = likelihood(d)
      }
      if c >= d { break }
    }
    return (a + b) / 2
  }
}
