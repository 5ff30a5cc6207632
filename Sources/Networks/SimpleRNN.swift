// The simple recurrent network (Elman 1990).
//
//   h_t = a(x_t W + h_{t-1} U + b)        W [F, H], U [H, H], b [H]
//
// Backward, with dh = dL/dh_t from above and from step t+1:
//
//   dz = dh a'(h_t)          dh_{t-1} = dz U^T          dx = dz W^T
//   dW = sum_t x_t^T dz      dU = sum_t h_{t-1}^T dz    db = sum_t dz
//
// dh_{t-1} is dh times a' and U^T once a step: with tanh, a' < 1, and over many steps the product vanishes.

import Kernels

/// Keras's SimpleRNN.
public final class SimpleRNN: RecurrentLayer {
  public override var kind: String { "SimpleRNN" }
  /// z = x W + h U + b of every step, where the activation's slope can't be told from h.
  private let inputs: Activation?

  init(
    _ options: RecurrentOptions, input: RecurrentInput, addsInputGradient: Bool, _ context: LayerContext
  ) {
    inputs =
      context.isTraining && options.activation.needsInput
      ? Activation(
        context.places, steps: input.activation.steps, width: options.units, hasGradient: false) : nil
    super.init(
      options, gates: 1, biasShape: [options.units], biasInitializer: options.biasInitializer, input: input,
      addsInputGradient: addsInputGradient, context)
  }

  override func stepForward(_ shard: Shard, _ time: Int, _ scratch: RecurrentScratch) {
    let h = history.values(shard, time)
    let z = inputs?.values(shard, time) ?? h
    writeSums(shard, time, into: z)
    activate(z, options.activation, into: h)
  }

  override func stepBackward(_ shard: Shard, _ time: Int, slot: Int, _ scratch: RecurrentScratch) {
    let dh = scratch.dh(shard)
    let dz = scratch.inputGradients(slot..<slot + 1, shard)
    let h = history.values(shard, time)
    activateBackward(
      outputs: h, inputs: inputs?.values(shard, time) ?? h, gradient: dh, options.activation, into: dz)
    passStateBack(dz, shard, into: dh)
  }
}
