// Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).
//
//   z = x_t W + h_{t-1} U + b             W [F, 4H], U [H, 4H], b [4H], gates in the order i f g o
//   i, f, o = s(z_i), s(z_f), s(z_o)      how much to add, to keep, to output
//   g = a(z_g)                            the candidate, what to add
//   c_t = f c_{t-1} + i g                 the memory: a sum, so gradients reach far back
//   h_t = o a(c_t)                        the output
//
// Backward, with dh = dL/dh_t from above and from step t+1, dc from step t+1:
//
//   dc += dh o a'(c_t)      dz_o = dh a(c_t) s'(o)
//   dz_i = dc g s'(i)       dz_f = dc c_{t-1} s'(f)      dz_g = dc i a'(g)
//   dc_{t-1} = dc f         dh_{t-1} = dz U^T            dx = dz W^T
//   dW = sum_t x_t^T dz     dU = sum_t h_{t-1}^T dz      db = sum_t dz
//
// With proj_size, h is projected (ProjectedLSTM.swift). The gates' arithmetic is one kernel in each direction
// (Kernels/LSTMKernels.swift).

import Failures
import Kernels

/// Keras's LSTM, optionally with torch.nn.LSTM's proj_size.
struct LSTM: RecurrentProductDefinition {
  static let table = recurrentTable(
    "lstm", LSTM(options: RecurrentOptions(units: 0)), gates: gateOptions, forget: forgetOptions,
    own: [
      CallOption(
        notKeras: "proj_size", \.projection,
        "width to which output and h are projected, below units; 0: they aren't")
    ])
  static let kerasClass = "LSTM"
  static let gates = 4
  static let stateNames = ["h", "c"]

  var options: RecurrentOptions
  /// P, the width to which h is projected; 0 if it isn't.
  var projection = 0

  var stateWidths: [Int] { [projection > 0 ? projection : options.units, options.units] }
  var kerasObstacle: String? { projection > 0 ? "proj_size" : nil }

  var biasInitializer: Initializer {
    options.unitForgetBias ? .forgetGateOnes(others: options.biasInitializer) : options.biasInitializer
  }

  func checked() throws -> LSTM {
    guard 0..<max(1, options.units) ~= projection else {
      throw Failure.usage(
        "layer lstm: proj_size \(projection) isn't below its \(counted(options.units, "unit"))",
        remedy: "a projection makes the output narrower; 0 means none")
    }
    return self
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let weights = productWeights(inputWidth: inputs[0].width)
    guard projection > 0 else { return weights }
    let shape = [options.units, projection]
    return weights + [
      cellWeight("projection", shape, gates: 1, options.kernelInitializer, options.kernelRegularizer)
    ]
  }

  func makeCell(
    _ products: RecurrentProducts, _ states: [Activation], _ context: LayerContext
  ) throws -> any RecurrentCell {
    guard projection == 0 else {
      return ProjectedLSTMCell(
        options, products, try context.weight("projection"), h: states[0], c: states[1], context)
    }
    return LSTMCell(options, products, h: states[0], c: states[1], context)
  }
}

/// A step of the LSTM.
final class LSTMCell: RecurrentCell {
  private let products: RecurrentProducts
  private let activations: CellActivations
  private let h: Activation
  private let c: Activation
  /// The gates and a(c_t) of every step.
  private let gates: Activation
  /// z of every step, if an activation's derivative can't be computed from its value.
  private let inputs: Activation?

  init(
    _ options: RecurrentOptions, _ products: RecurrentProducts, h: Activation, c: Activation,
    _ context: LayerContext
  ) {
    (self.products, self.h, self.c) = (products, h, c)
    activations = options.activations
    gates = Activation(
      context.storage, steps: h.steps, width: lstmKeptWidth(options.units), hasGradient: false,
      hasValues: context.isTraining)
    inputs =
      context.isTraining && activations.needInputs
      ? Activation(context.storage, steps: h.steps, width: 4 * options.gateWidth, hasGradient: false) : nil
  }

  var storedGates: [StoredGate] { StoredGate.vectors(["i", "f", "g", "o"], of: 5, in: gates) }
  var memoryRule: MemoryRule? { MemoryRule(keep: "f", add: "i") }

  func forward(_ step: CellStep, _ scratch: RecurrentScratch) {
    let (shard, time) = (step.shard, step.time)
    let z = inputs?.values(shard, time) ?? scratch.x(shard)
    products.writeSums(step, state: h.values(shard, step.before), into: z)
    if products.keepsSteps {
      lstmForward(buffers(step, z), activations)
    } else {
      lstmForward(
        z: z, cellBefore: c.values(shard, step.before), cell: c.values(shard, time),
        output: h.values(shard, time), activations)
    }
  }

  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch) {
    let (dh, dc) = (scratch.gradient(of: 0, step.shard), scratch.gradient(of: 1, step.shard))
    let dz = scratch.inputGradients(slot..<slot + 1, step.shard)
    lstmBackward(
      buffers(step, inputs?.values(step.shard, step.time) ?? dz),
      LSTMStepGradient(output: dh.after, cell: dc.after, cellBefore: dc.before, z: dz), activations)
    products.passStateBack(dz, step.shard, into: dh.before)
  }

  func addRecurrentGradient(
    _ shard: Shard, _ block: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    products.addRecurrentGradient(
      h.values(shard, block.before), scratch.recurrentGradients(slots, shard), shard,
      ahead: gates.values(shard, block.next))
  }

  private func buffers(_ step: CellStep, _ z: Matrix) -> LSTMStep {
    let (shard, time) = (step.shard, step.time)
    return LSTMStep(
      z: z, kept: gates.values(shard, time), cellBefore: c.values(shard, step.before),
      cell: c.values(shard, time), output: h.values(shard, time))
  }
}
