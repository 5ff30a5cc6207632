// The last step of a sequence, as a vector. With `subtract` and `add`, which broadcast a vector to every step, a network
// predicts differences from the last value.
//
//   y = x_{T-1}      dx_{T-1} = dy, and zero at the steps before

import Kernels

/// The last step of a sequence; Keras has no such layer.
struct LastStep: LayerDefinition {
  static let table = OptionTable(name: "last_step", defaults: LastStep(), options: [])
  static let kerasClass = "LastStep"
  static let isInKeras = false
  static let outputHelp = "(width): the last step"

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    [.vector(width: try sequence(inputs[0]).width)]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    LastStepLayer(input: inputs[0].activation, context)
  }

  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "reads the last step" }
}

/// The layer that runs.
final class LastStepLayer: Layer {
  let outputs: [Activation]
  private let input: Activation

  init(input: Activation, _ context: LayerContext) {
    self.input = input
    outputs = [Activation(context.storage, steps: nil, width: input.width, hasGradient: context.isTraining)]
  }

  /// Copies the last step.
  func forward(_ shard: Shard, _ pass: Pass) {
    copyColumns(of: input.values(shard, input.steps - 1), into: output.values(shard), at: 0)
  }

  /// Copies the gradient to the last step.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    input.gradients(shard, 0..<input.steps - 1).clear()
    copyColumns(of: output.gradients(shard), into: input.gradients(shard, input.steps - 1), at: 0)
  }
}
