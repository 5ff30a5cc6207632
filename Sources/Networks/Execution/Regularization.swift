// The penalties of a network: on weights, which are part of every batch's loss and of the summed gradients, and on
// layers' outputs. If no weight has a penalty, this takes no time.

import Kernels

extension ParameterStore {
  /// Whether any weight has a penalty.
  public var isRegularized: Bool { parameters.contains { $0.regularizer != nil && $0.isTrainable } }

  /// The sum of the weights' penalties.
  public var penalty: Double {
    parameters.reduce(0) { sum, parameter in
      guard let regularizer = parameter.regularizer, parameter.isTrainable else { return sum }
      return sum + Kernels.penalty(values, parameter.range, regularizer.factors)
    }
  }

  /// Adds the penalties' derivatives to the batch's gradient in the flat `range`.
  public func addPenaltyGradients(_ range: Range<Int>) {
    for parameter in parameters {
      guard let regularizer = parameter.regularizer, parameter.isTrainable else { continue }
      let own = parameter.range.clamped(to: range)
      if !own.isEmpty { addPenaltyGradient(values, own, regularizer.factors, into: gradients) }
    }
  }
}
