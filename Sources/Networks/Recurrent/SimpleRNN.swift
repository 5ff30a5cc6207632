// The simple recurrent network (Elman 1990).
//
//   h_t = a(x_t W + h_{t-1} U + b)        W [F, H], U [H, H], b [H]
//
// Backward, with dh = dL/dh_t from above and from step t+1:
//
//   dz = dh a'(h_t)          dh_{t-1} = dz U^T          dx = dz W^T
//   dW = sum_t x_t^T dz      dU = sum_t h_{t-1}^T dz    db = sum_t dz
//
// dh is multiplied by a' and U^T at each step: with tanh, a' <= 1, so over many steps the product can vanish.

import Kernels

/// Keras's SimpleRNN.
struct SimpleRNN: RecurrentProductDefinition {
  static let table = recurrentTable("simple_rnn", SimpleRNN(options: RecurrentOptions(units: 0)))
  static let kerasClass = "SimpleRNN"
  static let gates = 1
  static let stateNames = ["h"]

  var options: RecurrentOptions

  func makeCell(
    _ products: RecurrentProducts, _ states: [Activation], _ context: LayerContext
  ) -> any RecurrentCell {
    SimpleRNNCell(options, products, h: states[0], context)
  }
}

/// A step of the simple recurrent network.
final class SimpleRNNCell: RecurrentCell {
  private let products: RecurrentProducts
  private let activation: ActivationKind
  private let h: Activation
  /// z = x W + h U + b of every step, if the activation's derivative can't be computed from h.
  private let inputs: Activation?

  init(
    _ options: RecurrentOptions, _ products: RecurrentProducts, h: Activation, _ context: LayerContext
  ) {
    (self.products, self.h) = (products, h)
    activation = options.activation
    inputs =
      context.isTraining && options.activation.needsInput
      ? Activation(context.storage, steps: h.steps, width: options.units, hasGradient: false) : nil
  }

  func forward(_ step: CellStep, _ scratch: RecurrentScratch) {
    let result = h.values(step.shard, step.time)
    let z = inputs?.values(step.shard, step.time) ?? result
    products.writeSums(step, state: h.values(step.shard, step.before), into: z)
    activate(z, activation, into: result)
  }

  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch) {
    let dh = scratch.gradient(of: 0, step.shard)
    let dz = scratch.inputGradients(slot..<slot + 1, step.shard)
    let result = h.values(step.shard, step.time)
    activateBackward(
      outputs: result, inputs: inputs?.values(step.shard, step.time) ?? result, gradient: dh.after,
      activation,
      into: dz)
    products.passStateBack(dz, step.shard, into: dh.before)
  }

  func addRecurrentGradient(
    _ shard: Shard, _ block: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    products.addRecurrentGradient(
      h.values(shard, block.before), scratch.recurrentGradients(slots, shard), shard, ahead: nil)
  }
}
