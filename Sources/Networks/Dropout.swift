// Dropout (Srivastava et al. 2014): in training each value is kept with probability 1 - rate and scaled by
// 1 / (1 - rate), else zero; in prediction all pass.

import Kernels

/// Keras's Dropout, and SpatialDropout1D, which drops whole features: one mask for all steps of a row.
public final class Dropout: Layer {
  /// Keras's name, such as `dropout_1`.
  public let name: String
  /// `Dropout` or `SpatialDropout1D`.
  public var kind: String { isSpatial ? "SpatialDropout1D" : "Dropout" }
  /// None: nothing is learnt.
  public var parameters: [Parameter] { [] }
  /// The probability that a value is dropped.
  public let rate: Float
  /// The input masked and scaled; where the network never trains, the input itself.
  public let output: Activation
  private let input: Activation
  private let number: Int
  private let isSpatial: Bool

  /// - Parameter number: the layer's place in the network, which makes its masks its own.
  init(rate: Float, isSpatial: Bool = false, number: Int, input: Activation, _ context: LayerContext) {
    name = context.name
    self.isSpatial = isSpatial
    self.rate = rate
    self.number = number
    self.input = input
    output =
      context.isTraining
      ? Activation(
        context.places, steps: input.isSequence ? input.steps : nil, width: input.width,
        hasGradient: true) : input
  }

  /// Masks the shard's values in training, by seed, step and place; hands them on in prediction.
  public func forward(_ shard: Shard, _ pass: Pass) {
    guard output !== input else { return }
    apply(shard, pass, from: { input.values(shard, $0) }, to: { output.values(shard, $0) })
  }

  /// Masks the gradients as `forward` masked the values, drawing the same mask again.
  public func backward(_ shard: Shard, _ pass: Pass) {
    guard input.gradients.count > 0 else { return }
    apply(shard, pass, from: { output.gradients(shard, $0) }, to: { input.gradients(shard, $0) })
  }

  private func apply(
    _ shard: Shard, _ pass: Pass, from source: (Int) -> Matrix, to target: (Int) -> Matrix
  ) {
    let key = DropoutKey(seed: pass.seed, layer: number, step: pass.step)
    for step in output.allSteps {
      if pass.isTraining && rate > 0 {
        let time = isSpatial ? 0 : step
        dropout(source(step), rate: rate, key: key, firstRow: shard.firstRow, time: time, into: target(step))
      } else {
        target(step).copy(source(step))
      }
    }
  }
}
