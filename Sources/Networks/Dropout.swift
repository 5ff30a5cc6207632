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
  /// The masks of all steps, for the backward pass; none where the network never trains.
  private let masks: Buffer<UInt16>
  private let places: ActivationPlaces

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
    places = context.places
    let vectors = paddedWidth(input.width) / 16
    masks = Buffer(count: context.isTraining ? places.rows * output.steps * vectors : 0, zero: 0)
  }

  /// Masks the shard's values in training, by seed, step and place; hands them on in prediction.
  public func forward(_ shard: Shard, _ pass: Pass) {
    guard output !== input else { return }
    let key = DropoutKey(seed: pass.seed, layer: number, step: pass.step)
    for step in output.allSteps {
      let (values, result) = (input.values(shard, step), output.values(shard, step))
      if drops(pass) {
        dropout(
          values, rate: rate, key: key, firstRow: shard.firstRow, time: isSpatial ? 0 : step,
          mask(shard, step),
          into: result)
      } else {
        result.copy(values)
      }
    }
  }

  /// Masks the gradients as `forward` masked the values.
  public func backward(_ shard: Shard, _ pass: Pass) {
    guard input.gradients.count > 0 else { return }
    for step in output.allSteps {
      let (gradient, result) = (output.gradients(shard, step), input.gradients(shard, step))
      if drops(pass) {
        dropoutBackward(gradient, rate: rate, mask(shard, step), into: result)
      } else {
        result.copy(gradient)
      }
    }
  }

  private func drops(_ pass: Pass) -> Bool { pass.isTraining && rate > 0 }

  private func mask(_ shard: Shard, _ step: Int) -> DropoutMask {
    let vectors = paddedWidth(input.width) / 16
    let row = places.first(shard) * output.steps + step * shard.rows
    return masks.mask(at: row * vectors, vectors: shard.rows * vectors)
  }
}
