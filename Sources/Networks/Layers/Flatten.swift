// A sequence as one vector: its steps one after another.
//
//   y = (x_0, x_1, ...)      dx_t = dy's part of step t

import Kernels

/// Keras's Flatten.
struct Flatten: LayerDefinition {
  static let table = OptionTable(name: "flatten", defaults: Flatten(), options: [])
  static let kerasClass = "Flatten"
  static let outputHelp = "(steps * features)"

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    guard case .sequence(let steps, let width) = inputs[0] else { return inputs }
    return [.vector(width: steps * width)]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    FlattenLayer(input: inputs[0].activation, context)
  }

  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "joins all steps" }
}

/// A flattened sequence.
final class FlattenLayer: Layer {
  let outputs: [Activation]
  private let input: Activation

  init(input: Activation, _ context: LayerContext) {
    self.input = input
    let width = input.steps * input.width
    outputs = [Activation(context.storage, steps: nil, width: width, hasGradient: context.isTraining)]
  }

  /// Copies the steps of each of the shard's rows side by side.
  func forward(_ shard: Shard, _ pass: Pass) {
    for step in input.allSteps {
      copyColumns(of: input.values(shard, step), into: output.values(shard), at: step * input.width)
    }
  }

  /// Copies each step's part of the gradient back.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    for step in input.allSteps {
      copyColumns(
        of: output.gradients(shard), from: step * input.width, into: input.gradients(shard, step))
    }
  }
}
