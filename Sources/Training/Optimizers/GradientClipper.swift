// Gradient clipping before an optimizer's step.

import Kernels
import Networks

/// Clips gradients before a step, like Keras's `clipnorm`, `global_clipnorm` and `clipvalue`.
struct GradientClipper {
  let clipping: OptimizerSpec.Clipping
  let store: ParameterStore

  /// Clips all gradients, in the order of the weights.
  func apply() {
    switch clipping {
    case .none: return
    case .norm(let limit):
      for parameter in store.parameters {
        scale(parameter.range, by: factor(sumOfSquares(store.gradients, parameter.range), limit))
      }
    case .globalNorm(let limit):
      let total = store.parameters.reduce(0) { $0 + sumOfSquares(store.gradients, $1.range) }
      scale(0..<store.gradients.count, by: factor(total, limit))
    case .value(let limit): clampElements(store.gradients, 0..<store.gradients.count, to: limit)
    }
  }

  private func factor(_ squares: Double, _ limit: Float) -> Float {
    let norm = Float(squares.squareRoot())
    return limit / max(norm, limit)
  }

  private func scale(_ range: Range<Int>, by factor: Float) {
    if factor != 1 { scaleElements(store.gradients, range, by: factor) }
  }
}
