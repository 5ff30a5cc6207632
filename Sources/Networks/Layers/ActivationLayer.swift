// An activation function as a separate layer.
//
//   y = f(x)      dx = dy f'(x)

import Kernels

/// Keras's Activation.
struct ActivationLayer: LayerDefinition {
  static let table = OptionTable(
    name: "activation", defaults: ActivationLayer(function: .elementwise(.linear)), positions: 1, required: 1,
    options: [CallOption("activation", \.function, "the activation function")])
  static let kerasClass = "Activation"
  static let outputHelp = "the shape of the input"

  var function: OutputFunction

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] { inputs }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    ActivationFunctionLayer(function, input: inputs[0].activation, context)
  }

  var outputFunction: OutputFunction? { function }
  var worksOnEachStep: Bool { true }
}

/// An activation layer that runs.
final class ActivationFunctionLayer: Layer {
  let outputs: [Activation]
  private let input: Activation
  private let function: OutputFunction
  private let logits: Logits

  init(_ function: OutputFunction, input: Activation, _ context: LayerContext) {
    self.input = input
    self.function = function
    let output = Activation(
      context.storage, steps: input.isSequence ? input.steps : nil, width: input.width,
      hasGradient: context.isTraining)
    logits = Logits(input, function)
    output.logits = logits
    outputs = [output]
  }

  /// y = f(x) for all rows and steps of the shard.
  func forward(_ shard: Shard, _ pass: Pass) {
    function.apply(input.values(shard), into: output.values(shard))
  }

  /// From dy, or from dx where the loss writes it, to dx.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    let dx = input.gradients(shard)
    if let only = logits.onlyGradient(of: output, shard) { return dx.copy(only) }
    function.applyBackward(
      y: output.values(shard), z: input.values(shard), dy: output.gradients(shard), into: dx)
    if let further = logits.furtherGradient(of: output, shard) { add(further, into: dx) }
  }
}
