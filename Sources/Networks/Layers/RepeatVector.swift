// A vector at every step of a sequence.
//
//   y_t = x      dx = sum_t dy_t, steps in ascending order

import Kernels

/// Keras's RepeatVector.
struct RepeatVector: LayerDefinition {
  static let table = OptionTable(
    name: "repeat_vector", defaults: RepeatVector(count: 0), positions: 1, required: 1,
    options: [.size("n", \.count, "number of steps")])
  static let kerasClass = "RepeatVector"
  static let outputHelp = "(n, width)"

  var count: Int

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    guard case .vector(let width) = inputs[0] else {
      throw WrongRank(layer: Self.name, hasSteps: true)
    }
    return [.sequence(steps: count, width: width)]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    RepeatVectorLayer(count, input: inputs[0].activation, context)
  }

  var maskRule: MaskRule { .none }
  var streamingObstacle: String? { "repeats a vector" }
}

/// A repeated vector.
final class RepeatVectorLayer: Layer {
  let outputs: [Activation]
  private let input: Activation

  init(_ count: Int, input: Activation, _ context: LayerContext) {
    self.input = input
    outputs = [Activation(context.storage, steps: count, width: input.width, hasGradient: context.isTraining)]
  }

  /// Copies the shard's vectors to every step.
  func forward(_ shard: Shard, _ pass: Pass) {
    for step in output.allSteps { output.values(shard, step).copy(input.values(shard)) }
  }

  /// Sums the gradients of all steps.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    let dx = input.gradients(shard)
    dx.copy(output.gradients(shard, 0))
    for step in output.allSteps.dropFirst() { add(output.gradients(shard, step), into: dx) }
  }
}
