// An optimizer applied to a network's flat weights: its state, and one step.

import Glibc
import Kernels
import Networks

/// An optimizer's state for a network. The arithmetic is in Kernels/Updates.swift.
final class Optimizer {
  let spec: OptimizerSpec
  /// The current learning rate; callbacks change it, unless a schedule sets it.
  var rate: Float
  /// The number of steps taken.
  var steps = 0
  /// The optimizer's state variables by name, in the layout of the weights.
  let slots: [(name: String, buffer: FloatBuffer)]
  private let store: ParameterStore

  init(_ spec: OptimizerSpec, _ store: ParameterStore) {
    self.spec = spec
    self.store = store
    rate = spec.rate.rate(at: 0)
    slots = spec.rule.slots.map { ($0, FloatBuffer(store.values.count)) }
  }

  /// Begins a step: sets the rate by the schedule, if any, and counts the step.
  func beginStep() {
    if !spec.rate.isConstant { rate = spec.rate.rate(at: steps) }
    steps += 1
  }

  /// Updates the weights in `range` of the flat buffers, after `beginStep`.
  func update(_ range: Range<Int>) {
    let (weights, gradient) = (store.values, store.gradients)
    if spec.weightDecay != 0 {
      scaleElements(weights, range, by: 1 - spec.weightDecay * rate)
    }
    switch spec.rule {
    case .adam(let beta1, let beta2, let epsilon, _):
      AdamUpdate(rate: correctedRate(beta1, beta2), beta1: beta1, beta2: beta2, epsilon: epsilon)
        .apply(
          weights: weights, gradient: gradient, momentum: slots[0].buffer, variance: slots[1].buffer,
          largest: slot(2), range)
    case .sgd(let momentum, let nesterov):
      SGDUpdate(rate: rate, momentum: momentum, nesterov: nesterov)
        .apply(weights: weights, gradient: gradient, velocity: slots[0].buffer, range)
    case .rmsprop(let rho, let epsilon, let momentum, let centered):
      RMSpropUpdate(rate: rate, rho: rho, epsilon: epsilon, momentum: momentum)
        .apply(
          weights: weights, gradient: gradient, variance: slots[0].buffer,
          mean: centered ? slot(1) : nil, velocity: momentum == 0 ? nil : slots.last?.buffer, range)
    }
  }

  private func slot(_ index: Int) -> FloatBuffer? { index < slots.count ? slots[index].buffer : nil }

  /// The learning rate including Adam's bias correction.
  private func correctedRate(_ beta1: Float, _ beta2: Float) -> Float {
    let t = Double(steps)
    return Float(Double(rate) * (1 - pow(Double(beta2), t)).squareRoot() / (1 - pow(Double(beta1), t)))
  }
}

extension OptimizerSpec.Rule {
  /// The names of the rule's state variables: moving averages, and the last step.
  fileprivate var slots: [String] {
    switch self {
    case .adam(_, _, _, let amsgrad): ["m", "v"] + (amsgrad ? ["v_hat"] : [])
    case .sgd: ["velocity"]
    case .rmsprop(_, _, let momentum, let centered):
      ["v"] + (centered ? ["mean"] : []) + (momentum == 0 ? [] : ["velocity"])
    }
  }
}
