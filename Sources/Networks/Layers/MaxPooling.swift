// The largest value of each feature over all steps; masks are ignored, as in Keras.
//
//   y = max_t x_t         dx_t = dy where x_t = y, shared by the steps that are equal

import Kernels

/// Keras's GlobalMaxPooling1D.
struct GlobalMaxPooling1D: LayerDefinition {
  static let table = OptionTable(name: "global_max_pooling1d", defaults: GlobalMaxPooling1D(), options: [])
  static let kerasClass = "GlobalMaxPooling1D"
  static let outputHelp = "(features)"

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    [.vector(width: try sequence(inputs[0]).width)]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    MaxPoolingLayer(input: inputs[0].activation, context)
  }

  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "pools all steps" }
}

/// Max pooling that runs.
final class MaxPoolingLayer: Layer {
  /// y, `[rows, width]`.
  let outputs: [Activation]
  private let input: Activation
  /// How many steps have the largest value.
  private let counts: Activation

  init(input: Activation, _ context: LayerContext) {
    self.input = input
    outputs = [
      Activation(context.storage, steps: nil, width: input.width, hasGradient: context.isTraining)
    ]
    counts = Activation(context.storage, steps: nil, width: input.width, hasGradient: false)
  }

  /// Takes the largest of the shard's steps.
  func forward(_ shard: Shard, _ pass: Pass) {
    let result = output.values(shard)
    result.copy(input.values(shard, 0))
    for step in input.allSteps.dropFirst() { largest(input.values(shard, step), into: result) }
  }

  /// Passes dy to the steps that had the largest value.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    let (largest, counts) = (output.values(shard), counts.values(shard))
    counts.clear()
    for step in input.allSteps { countLargest(input.values(shard, step), largest, into: counts) }
    for step in input.allSteps {
      shareLargest(
        input.values(shard, step), largest, counts: counts, gradient: output.gradients(shard),
        into: input.gradients(shard, step))
    }
  }
}
