// A mixture of normal distributions truncated to an interval: the Parzen estimator of a number.
//
// Source: Bergstra, Bardenet, Bengio, Kégl, "Algorithms for Hyper-Parameter Optimization", NIPS 2011, section 4. The
// width of a component is the larger distance to its neighbors, clipped; a wide one around the middle of the interval is
// the prior, which keeps every value possible.

import Glibc
import RandomNumbers

/// A density on an interval.
struct NormalMixture {
  private let low, high: Double
  private let means, deviations, weights: [Double]

  /// - Parameters:
  ///   - points: the observations, the oldest first.
  ///   - weights: theirs; that of the prior is 1.
  init(points: [Double], weights: [Double], low: Double, high: Double) {
    (self.low, self.high) = (low, high)
    let middle = low / 2 + high / 2
    means = points + [middle]
    deviations = Array(NormalMixture.deviations(means, low: low, high: high).dropLast()) + [high - low]
    let total = weights.reduce(1, +)
    self.weights = (weights + [1]).map { $0 / total }
  }

  /// The larger distance of each mean to its neighbors; of the outermost ones, that to the only neighbor among the
  /// observations, if there is one.
  private static func deviations(_ means: [Double], low: Double, high: Double) -> [Double] {
    let order = means.indices.sorted { (means[$0], $0) < (means[$1], $1) }
    let least = (high - low) / min(100, 1 + Double(means.count))
    var deviations = [Double](repeating: 0, count: means.count)
    for (place, index) in order.enumerated() {
      let isFirst = place == 0, isLast = place == order.count - 1
      let below = isFirst ? low : means[order[place - 1]]
      let above = isLast ? high : means[order[place + 1]]
      var distance = max(means[index] - below, above - means[index])
      if means.count > 1, isFirst { distance = above - means[index] }
      if means.count > 1, isLast { distance = means[index] - below }
      deviations[index] = min(high - low, max(least, distance))
    }
    return deviations
  }

  /// A number drawn from the mixture.
  func draw(_ numbers: inout RandomStream) -> Double {
    let index = numbers.index(weighted: weights)
    // A third of a component at least is within the interval.
    for _ in 0..<1000 {
      let value = means[index] + deviations[index] * numbers.normal()
      if (low...high).contains(value) { return value }
    }
    return means[index]
  }

  /// The logarithm of the density at a point, or of the probability of a cell that is more than a point.
  func logLikelihood(_ cell: (low: Double, high: Double)) -> Double {
    let terms = means.indices.map { index in
      log(weights[index]) + logLikelihood(cell, mean: means[index], deviation: deviations[index])
    }
    let largest = terms.max() ?? 0
    guard largest.isFinite else { return largest }
    return largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
  }

  private func logLikelihood(_ cell: (low: Double, high: Double), mean: Double, deviation: Double) -> Double {
    let inside = log(NormalMixture.probability(low, high, mean: mean, deviation: deviation))
    if cell.high > cell.low {
      return log(NormalMixture.probability(cell.low, cell.high, mean: mean, deviation: deviation)) - inside
    }
    let distance = (cell.low - mean) / deviation
    return -distance * distance / 2 - log(deviation) - log(2 * .pi) / 2 - inside
  }

  /// The probability that a normal number is between two limits.
  private static func probability(
    _ low: Double, _ high: Double, mean: Double, deviation: Double
  ) -> Double {
    func below(_ limit: Double) -> Double { erfc((mean - limit) / (deviation * 2.0.squareRoot())) / 2 }
    // Of the two tails, the smaller one is exact.
    return low > mean
      ? below(2 * mean - low) - below(2 * mean - high) : below(high) - below(low)
  }
}

extension RandomStream {
  /// A position, with a probability in proportion to its weight.
  mutating func index(weighted weights: [Double]) -> Int {
    var rest = uniform() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return max(0, weights.count - 1)
  }
}
