// The largest value of each feature over all steps; a mask counts for nothing, as in Keras.
//
//   y = max_t x_t         dx_t = dy where x_t = y, shared by the steps that are equal

import Kernels

/// Keras's GlobalMaxPooling1D.
public final class GlobalMaxPooling1D: Layer {
  /// Keras's name, such as `global_max_pooling1d`.
  public let name: String
  /// `GlobalMaxPooling1D`.
  public var kind: String { "GlobalMaxPooling1D" }
  /// None: nothing is learnt.
  public var parameters: [Parameter] { [] }
  /// y, `[rows, width]`.
  public let output: Activation
  private let input: Activation
  /// How many steps have the largest value.
  private let counts: Activation

  init(input: Activation, _ context: LayerContext) {
    name = context.name
    self.input = input
    output = Activation(
      context.places, steps: nil, width: input.width, hasGradient: context.isTraining)
    counts = Activation(context.places, steps: nil, width: input.width, hasGradient: false)
  }

  /// Takes the largest of the shard's steps.
  public func forward(_ shard: Shard, _ pass: Pass) {
    let result = output.values(shard)
    result.copy(input.values(shard, 0))
    for step in input.allSteps.dropFirst() { largest(input.values(shard, step), into: result) }
  }

  /// Gives dy to the steps that had the largest value.
  public func backward(_ shard: Shard, _ pass: Pass) {
    guard input.gradients.count > 0 else { return }
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
