// Steps of a sequence that say nothing: those at which every feature is one agreed value.

import Kernels

/// Keras's Masking.
public final class Masking: Layer {
  /// Keras's name, such as `masking`.
  public let name: String
  /// `Masking`.
  public var kind: String { "Masking" }
  /// None: nothing is learnt.
  public var parameters: [Parameter] { [] }
  /// What every feature of a masked step is.
  public let value: Float
  /// The input, zero at masked steps; of the input's shape, and with a mask.
  public let output: Activation
  private let input: Activation
  private let mask: Mask

  init(value: Float, input: Activation, _ context: LayerContext) {
    name = context.name
    self.value = value
    self.input = input
    output = Activation(
      context.places, steps: input.steps, width: input.width, hasGradient: input.gradients.count > 0)
    mask = Mask(rows: context.rows, steps: input.steps)
    output.mask = mask
  }

  /// Finds the masked steps and makes them zero.
  public func forward(_ shard: Shard, _ pass: Pass) {
    mask.make(shard) { step, rows in maskRows(of: input.values(shard, step), equalTo: value, into: rows) }
    let result = output.values(shard)
    result.copy(input.values(shard))
    clearMasked(result, mask.rows(shard))
  }

  /// Hands the gradients of steps that count to the input, zero for the others.
  public func backward(_ shard: Shard, _ pass: Pass) {
    guard input.gradients.count > 0 else { return }
    let result = input.gradients(shard)
    result.copy(output.gradients(shard))
    clearMasked(result, mask.rows(shard))
  }
}
