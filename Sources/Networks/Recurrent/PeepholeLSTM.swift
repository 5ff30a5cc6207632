// An LSTM with peepholes: its gates read the memory too, number by number (Gers and Schmidhuber 2000).
//
//   z = x_t W + h_{t-1} U + b           W [F, 4H], U [H, 4H], b [4H], gates in the order i f g o
//   i, f = s(z_i + p_i c_{t-1}), s(z_f + p_f c_{t-1})      p [3H], in the order i f o
//   g = a(z_g)                          c_t = f c_{t-1} + i g
//   o = s(z_o + p_o c_t)                h_t = o a(c_t)
//
// Backward, with dh = dL/dh_t from above and from step t+1, dc from step t+1:
//
//   dz_o = dh a(c_t) s'(o)              dc += dh o a'(c_t) + dz_o p_o
//   dz_i = dc g s'(i)    dz_f = dc c_{t-1} s'(f)    dz_g = dc i a'(g)
//   dc_{t-1} = dc f + dz_i p_i + dz_f p_f           dh_{t-1} = dz U^T
//   dp_i = sum_t dz_i c_{t-1}    dp_f = sum_t dz_f c_{t-1}    dp_o = sum_t dz_o c_t
//
// As Keras's earlier tf.keras.experimental.PeepholeLSTMCell, which TensorFlow Addons keeps; it has three vectors for p.

import Kernels

/// An LSTM with peepholes.
struct PeepholeLSTM: RecurrentProductDefinition {
  static let table = recurrentTable(
    "peephole_lstm", PeepholeLSTM(), gates: gateOptions, forget: forgetOptions,
    own: [CallOption("peephole_initializer", \.peepholeInitializer, "initial p")])
  static let kerasClass = "PeepholeLSTM"
  static let isInKeras = false
  static let gates = 4
  static let stateNames = ["h", "c"]

  var options = RecurrentOptions(units: 0)
  /// The initializer of p.
  var peepholeInitializer = Initializer.glorotUniform

  var biasInitializer: Initializer {
    options.unitForgetBias ? .forgetGateOnes(others: options.biasInitializer) : options.biasInitializer
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    productWeights(inputWidth: inputs[0].width)
      + [cellWeight("peephole", [3 * options.units], gates: 3, peepholeInitializer)]
  }

  func makeCell(
    _ products: RecurrentProducts, _ states: [Activation], _ context: LayerContext
  ) throws -> any RecurrentCell {
    PeepholeLSTMCell(
      options, products, try context.weight("peephole"), h: states[0], c: states[1], context)
  }
}

/// A step of the LSTM with peepholes.
final class PeepholeLSTMCell: RecurrentCell {
  private let options: RecurrentOptions
  private let products: RecurrentProducts
  private let peepholes: Parameter
  private let h: Activation
  private let c: Activation
  /// The gates and a(c_t) of every step.
  private let gates: Activation
  /// z of every step, if an activation's derivative can't be computed from its value.
  private let inputs: Activation?

  init(
    _ options: RecurrentOptions, _ products: RecurrentProducts, _ peepholes: Parameter, h: Activation,
    c: Activation, _ context: LayerContext
  ) {
    (self.options, self.products, self.peepholes, self.h, self.c) = (options, products, peepholes, h, c)
    gates = Activation(
      context.storage, steps: h.steps, width: lstmKeptWidth(options.units), hasGradient: false,
      kept: context.isTraining ? nil : 1)
    inputs =
      context.isTraining && options.activations.needInputs
      ? Activation(context.storage, steps: h.steps, width: 4 * options.gateWidth, hasGradient: false) : nil
  }

  var storedGates: [StoredGate] { StoredGate.vectors(["i", "f", "g", "o"], of: 5, in: gates) }
  var memoryRule: MemoryRule? { MemoryRule(keep: "f", add: "i") }

  func forward(_ step: CellStep, _ scratch: RecurrentScratch) {
    let (shard, time) = (step.shard, step.time)
    let z = inputs?.values(shard, time) ?? scratch.x(shard)
    products.writeSums(step, state: h.values(shard, step.before), into: z)
    peepholeForward(
      buffers(step, z), peepholes: peepholes.values, keeps: products.keepsSteps, options.activations)
  }

  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch) {
    let (dh, dc) = (scratch.gradient(of: 0, step.shard), scratch.gradient(of: 1, step.shard))
    let dz = scratch.inputGradients(slot..<slot + 1, step.shard)
    peepholeBackward(
      buffers(step, inputs?.values(step.shard, step.time) ?? dz),
      LSTMStepGradient(output: dh.after, cell: dc.after, cellBefore: dc.before, z: dz),
      peepholes: peepholes.values, options.activations)
    products.passStateBack(dz, step.shard, into: dh.before)
  }

  func addRecurrentGradient(
    _ shard: Shard, _ block: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    let dz = scratch.recurrentGradients(slots, shard)
    products.addRecurrentGradient(h.values(shard, block.before), dz, shard, ahead: nil)
    let (units, gate, dp) = (options.units, options.gateWidth, peepholes.gradient(shard))
    let (before, now) = (c.values(shard, block.before), c.values(shard, block.times))
    addGateSums(of: dz, from: 0, times: before, units: units, into: dp, at: 0)
    addGateSums(of: dz, from: gate, times: before, units: units, into: dp, at: gate)
    addGateSums(of: dz, from: 3 * gate, times: now, units: units, into: dp, at: 2 * gate)
  }

  private func buffers(_ step: CellStep, _ z: Matrix) -> LSTMStep {
    let (shard, time) = (step.shard, step.time)
    return LSTMStep(
      z: z, kept: gates.values(shard, time), cellBefore: c.values(shard, step.before),
      cell: c.values(shard, time), output: h.values(shard, time))
  }
}
