// Dropout (Srivastava et al. 2014): in training each value is kept with probability 1 - rate and scaled by
// 1 / (1 - rate), else zero; in prediction all values pass.

import Kernels

/// Keras's Dropout.
struct Dropout: LayerDefinition {
  static let table = OptionTable(
    name: "dropout", defaults: Dropout(rate: 0), positions: 1, required: 1,
    options: [.rate("rate", \.rate, "share of values dropped in training")])
  static let kerasClass = "Dropout"
  static let outputHelp = "the shape of the input"

  var rate: Float

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] { inputs }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    DropoutLayer(rate: rate, isSpatial: false, input: inputs[0].activation, context)
  }

  var isIdentityInPrediction: Bool { true }
  var worksOnEachStep: Bool { true }
}

/// A dropout layer that runs; spatial dropout drops whole features: one mask for all steps of a row.
final class DropoutLayer: Layer {
  /// The input masked and scaled; if the network is never trained, the input itself.
  let outputs: [Activation]
  private let input: Activation
  private let rate: Float
  /// The layer's number in the network, which makes its masks distinct.
  private let number: Int
  private let isSpatial: Bool
  /// The masks of all steps, for the backward pass; none if the network is never trained.
  private let masks: Buffer<UInt16>
  private let storage: ActivationStorage

  init(rate: Float, isSpatial: Bool, input: Activation, _ context: LayerContext) {
    (self.rate, self.isSpatial, self.input) = (rate, isSpatial, input)
    number = context.number
    storage = context.storage
    let output =
      context.isTraining
      ? Activation(
        storage, steps: input.isSequence ? input.steps : nil, width: input.width, hasGradient: true) : input
    outputs = [output]
    let vectors = paddedWidth(input.width) / 16
    masks = Buffer(count: context.isTraining ? storage.rows * output.steps * vectors : 0, zero: 0)
  }

  /// Masks the shard's values in training, by seed, step and layer; copies them in prediction.
  func forward(_ shard: Shard, _ pass: Pass) {
    guard output !== input else { return }
    let key = DropoutKey(seed: pass.seed, layer: number, step: pass.step)
    for step in output.allSteps {
      let (values, result) = (input.values(shard, step), output.values(shard, step))
      if drops(pass) {
        dropout(
          values, rate: rate, key: key, firstRow: shard.firstRow, time: isSpatial ? 0 : step,
          mask(shard, step), into: result)
      } else {
        result.copy(values)
      }
    }
  }

  /// Masks the gradients as `forward` masked the values.
  func backward(_ shard: Shard, _ pass: Pass) {
    guard input.hasGradient else { return }
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
    let row = storage.first(shard) * output.steps + step * shard.rows
    return masks.mask(at: row * vectors, vectors: shard.rows * vectors)
  }
}
