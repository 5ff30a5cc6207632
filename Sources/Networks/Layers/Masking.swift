// Masking of steps at which every feature has a given value.

import Kernels

/// Keras's Masking.
struct Masking: LayerDefinition {
  static let table = OptionTable(
    name: "masking", defaults: Masking(value: 0), positions: 1,
    options: [CallOption("mask_value", \.value, "the value of all features of a masked step")])
  static let kerasClass = "Masking"
  static let outputHelp = "the shape of the input"

  var value: Float

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    _ = try sequence(inputs[0])
    return inputs
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    MaskingLayer(value: value, input: inputs[0].activation, context)
  }

  var maskRule: MaskRule { .steps }
}

/// A layer that finds masked steps.
final class MaskingLayer: Layer {
  /// The input, zero at masked steps, with a mask.
  let outputs: [Activation]
  private let value: Float
  private let input: Activation
  private let mask: Mask

  init(value: Float, input: Activation, _ context: LayerContext) {
    self.value = value
    self.input = input
    mask = Mask(rows: context.rows, steps: input.steps)
    let output = Activation(
      context.storage, steps: input.steps, width: input.width, hasGradient: input.hasGradient)
    output.mask = mask
    outputs = [output]
  }

  /// Finds the masked steps and makes them zero.
  func forward(_ shard: Shard, _ pass: Pass) {
    mask.make(shard) { step, rows in maskRows(of: input.values(shard, step), equalTo: value, into: rows) }
    let result = output.values(shard)
    result.copy(input.values(shard))
    clearMasked(result, mask.rows(shard))
  }

  /// Passes the gradients of unmasked steps to the input, zero for the others.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
    let result = input.gradients(shard)
    result.copy(output.gradients(shard))
    clearMasked(result, mask.rows(shard))
  }
}
