// The Parzen estimator of a choice: a distribution of choices for each observation, which prefers the observed one, and a
// uniform one as the prior.

import Glibc
import RandomNumbers

/// The probabilities of choices.
struct ChoiceMixture {
  let probabilities: [Double]

  /// - Parameters:
  ///   - observed: the positions of the observed choices, the oldest first.
  ///   - weights: theirs; that of the prior is 1.
  init(observed: [Int], weights: [Double], count: Int) {
    let total = weights.reduce(1, +)
    // Each component gives the prior's weight, shared among all components, to every choice.
    let share = 1 / Double(observed.count + 1)
    let norm = 1 + share * Double(count)
    var sums = [Double](repeating: 1 / Double(count), count: count)
    for (choice, weight) in zip(observed, weights) {
      for index in sums.indices { sums[index] += weight * (share + (index == choice ? 1 : 0)) / norm }
    }
    probabilities = sums.map { $0 / total }
  }

  /// A choice drawn from the mixture.
  func draw(_ numbers: inout RandomStream) -> Int { numbers.index(weighted: probabilities) }
}
