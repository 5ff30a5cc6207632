// Groups of numbers that never cross, for quantiles: the middle number of a group is the input's, and the others are
// cumulated distances from it, softplus of the input (Kernels/AscendingKernels.swift has the equations).

import Failures
import Kernels

/// Groups of numbers in ascending order; Keras has no such layer.
struct Ascending: LayerDefinition {
  static let table = OptionTable(
    name: "ascending", defaults: Ascending(count: 0), positions: 1, required: 1,
    options: [.size("count", \.count, "numbers of a group; odd")])
  static let kerasClass = "Ascending"
  static let isInKeras = false
  static let outputHelp = "the shape of the input"

  var count: Int

  func checked() throws -> Ascending {
    guard count % 2 == 1 else {
      throw Failure.usage(
        "layer \(Self.name): a group of \(count) numbers has no middle", remedy: "use an odd number")
    }
    return self
  }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    guard inputs[0].width % count == 0 else {
      throw Failure.usage(
        "layer \(Self.name): \(counted(inputs[0].width, "number")) can't be divided into groups of \(count)",
        remedy: "the layer before it needs \(count) units for each target")
    }
    return inputs
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    AscendingLayer(count, input: inputs[0].activation, context)
  }

  var worksOnEachStep: Bool { true }
}

/// The layer that runs.
final class AscendingLayer: Layer {
  let outputs: [Activation]
  private let input: Activation
  private let count: Int

  init(_ count: Int, input: Activation, _ context: LayerContext) {
    (self.count, self.input) = (count, input)
    outputs = [
      Activation(
        context.storage, steps: input.isSequence ? input.steps : nil, width: input.width,
        hasGradient: context.isTraining)
    ]
  }

  func forward(_ shard: Shard, _ pass: Pass) {
    ascend(input.values(shard), count: count, into: output.values(shard))
  }

  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    ascendBackward(
      output.gradients(shard), input.values(shard), count: count, into: input.gradients(shard))
  }
}
