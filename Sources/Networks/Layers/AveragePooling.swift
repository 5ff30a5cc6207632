// The mean over the steps that are not masked.
//
//   y = sum_t m_t x_t / sum_t m_t         dx_t = m_t dy / sum_t m_t        m: the mask, 1 without a mask
//
// A fully masked row gives 0 here; Keras's 0/0 is NaN.

import Kernels

/// Keras's GlobalAveragePooling1D.
struct GlobalAveragePooling1D: LayerDefinition {
  static let table = OptionTable(
    name: "global_average_pooling1d", defaults: GlobalAveragePooling1D(), options: [])
  static let kerasClass = "GlobalAveragePooling1D"
  static let outputHelp = "(features)"

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    [.vector(width: try sequence(inputs[0]).width)]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    AveragePoolingLayer(input: inputs[0].activation, context)
  }

  var takesMask: Bool { true }
  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "pools all steps" }
}

/// Average pooling that runs.
final class AveragePoolingLayer: Layer {
  /// y, `[rows, width]`.
  let outputs: [Activation]
  private let input: Activation
  /// One over the number of unmasked steps, for each row.
  private let factors: Activation

  init(input: Activation, _ context: LayerContext) {
    self.input = input
    outputs = [
      Activation(context.storage, steps: nil, width: input.width, hasGradient: context.isTraining)
    ]
    factors = Activation(context.storage, steps: nil, width: 1, hasGradient: false)
  }

  /// Sums the unmasked steps, and divides by their number.
  func forward(_ shard: Shard, _ pass: Pass) {
    let result = output.values(shard)
    result.clear()
    for step in input.allSteps {
      if let mask = input.mask {
        addCounted(input.values(shard, step), mask.rows(shard, step), into: result)
      } else {
        add(input.values(shard, step), into: result)
      }
    }
    count(shard)
    scaleRows(result, by: factors.values(shard))
  }

  /// Distributes dy equally among the unmasked steps.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    for step in input.allSteps {
      let gradient = input.gradients(shard, step)
      gradient.copy(output.gradients(shard))
      scaleRows(gradient, by: factors.values(shard))
      if let mask = input.mask { clearMasked(gradient, mask.rows(shard, step)) }
    }
  }

  private func count(_ shard: Shard) {
    let factors = factors.values(shard)
    for row in 0..<shard.rows {
      var steps = 0
      for step in input.allSteps where input.mask?.rows(shard, step)[row] ?? true { steps += 1 }
      factors[row, 0] = steps == 0 ? 0 : 1 / Float(steps)
    }
  }
}
