// The tree-structured Parzen estimator: of two densities of good and of other trials, l and g, a value is drawn from l
// that makes l / g large, for each parameter on its own.
//
// Source: Bergstra, Bardenet, Bengio, Kégl, "Algorithms for Hyper-Parameter Optimization", NIPS 2011. The settings are
// those of Optuna (Akiba et al., KDD 2019): the best tenth counts as good, at most 25 trials, and 24 candidates are drawn.

import Glibc
import RandomNumbers

/// What is known of a trial when another one is suggested.
struct Observation {
  let trial: Int
  let configuration: Configuration
  /// The value, small ones being better; nil for a trial that has failed or has not ended.
  let value: Double?
}

/// Suggests configurations.
struct TreeParzen {
  /// The trials that are drawn at random first.
  static let randomTrials = 10
  private static let candidates = 24
  private static let mostGood = 25

  private let space: Space
  private let good, others: [Observation]

  /// - Parameter observations: in the order of their trials.
  init(_ space: Space, _ observations: [Observation]) {
    self.space = space
    let ranked = observations.filter { $0.value != nil }.sorted {
      ($0.value ?? .infinity, $0.trial) < ($1.value ?? .infinity, $1.trial)
    }
    let count = min(TreeParzen.mostGood, (ranked.count + 9) / 10)
    let best = Set(ranked.prefix(count).map(\.trial))
    good = observations.filter { best.contains($0.trial) }
    others = observations.filter { !best.contains($0.trial) }
  }

  /// A configuration; nil as long as there is no value to learn from.
  func suggest(_ numbers: inout RandomStream) -> Configuration? {
    guard !good.isEmpty else { return nil }
    return space.configuration { value(of: $0, &numbers) }
  }

  private func value(of parameter: Parameter, _ numbers: inout RandomStream) -> String {
    let (below, above) = (texts(of: parameter, in: good), texts(of: parameter, in: others))
    switch parameter.values {
    case .choices(let choices):
      func mixture(_ texts: [String]) -> ChoiceMixture {
        ChoiceMixture(
          observed: texts.compactMap(choices.firstIndex), weights: TreeParzen.weights(texts.count),
          count: choices.count)
      }
      return choices[best(mixture(below), mixture(above), &numbers)]
    case .range(let range):
      func mixture(_ texts: [String]) -> NormalMixture {
        NormalMixture(
          points: texts.compactMap { Double($0).map(range.inner) }, weights: TreeParzen.weights(texts.count),
          low: range.axis.low, high: range.axis.high)
      }
      return range.text(best(range, mixture(below), mixture(above), &numbers))
    }
  }

  /// The values of a parameter in the trials in which it has one.
  private func texts(of parameter: Parameter, in trials: [Observation]) -> [String] {
    trials.compactMap { $0.configuration[parameter.name] }
  }

  private func best(_ good: ChoiceMixture, _ others: ChoiceMixture, _ numbers: inout RandomStream) -> Int {
    let drawn = (0..<TreeParzen.candidates).map { _ in good.draw(&numbers) }
    func score(_ choice: Int) -> Double { good.probabilities[choice] / others.probabilities[choice] }
    return drawn.dropFirst().reduce(drawn[0]) { score($1) > score($0) ? $1 : $0 }
  }

  private func best(
    _ range: NumberRange, _ good: NormalMixture, _ others: NormalMixture, _ numbers: inout RandomStream
  ) -> Double {
    var best = (value: range.low, score: -Double.infinity)
    for _ in 0..<TreeParzen.candidates {
      let value = range.value(atInner: good.draw(&numbers))
      let cell = range.cell(of: value)
      let score = good.logLikelihood(cell) - others.logLikelihood(cell)
      if score > best.score { best = (value, score) }
    }
    return best.value
  }

  /// The weights of observations, the oldest first: the last 25 count fully, those before them less the older they are.
  private static func weights(_ count: Int) -> [Double] {
    let full = 25
    guard count > full else { return [Double](repeating: 1, count: count) }
    let (ramp, least) = (count - full, 1 / Double(count))
    return (0..<count).map { index in
      guard index < ramp else { return 1 }
      return ramp == 1 ? least : least + (1 - least) * Double(index) / Double(ramp - 1)
    }
  }
}
