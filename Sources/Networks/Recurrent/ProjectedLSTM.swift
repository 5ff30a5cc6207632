// An LSTM whose output is projected to fewer numbers (Sak et al. 2014; torch.nn.LSTM with proj_size).
//
//   z, c_t                     as in LSTM.swift, with U [P, 4H]
//   y_t = o a(c_t)             H numbers
//   h_t = y_t V                V [H, P]; the output, and the state that z reads
//
// Backward: dy = dh V^T takes the place of dh in LSTM.swift, dh_{t-1} = dz U^T has P numbers, and
// dV = sum_t y_t^T dh_t.

import Kernels

/// A step of the projected LSTM.
final class ProjectedLSTMCell: RecurrentCell {
  private let products: RecurrentProducts
  private let activations: CellActivations
  private let projection: Parameter
  private let packed: PackedMatrix
  private let packedTransposed: PackedMatrix
  private let h: Activation
  private let c: Activation
  /// y of every step.
  private let y: Activation
  /// dy of a step.
  private let dy: BlockRows
  /// The gates and a(c_t) of every step.
  private let gates: Activation
  /// z of every step, if an activation's derivative can't be computed from its value.
  private let inputs: Activation?

  init(
    _ options: RecurrentOptions, _ products: RecurrentProducts, _ projection: Parameter, h: Activation,
    c: Activation, _ context: LayerContext
  ) {
    (self.products, self.projection, self.h, self.c) = (products, projection, h, c)
    activations = options.activations
    packed = PackedMatrix(depth: options.units, columns: h.width)
    packedTransposed = PackedMatrix(depth: h.width, columns: options.units)
    let kept = context.isTraining ? nil : 1
    y = Activation(context.storage, steps: h.steps, width: options.units, hasGradient: false, kept: kept)
    dy = BlockRows(width: options.units, isBlock: false, context)
    gates = Activation(
      context.storage, steps: h.steps, width: lstmKeptWidth(options.units), hasGradient: false,
      hasValues: context.isTraining)
    inputs =
      context.isTraining && activations.needInputs
      ? Activation(context.storage, steps: h.steps, width: 4 * options.gateWidth, hasGradient: false) : nil
  }

  var storedGates: [StoredGate] { StoredGate.vectors(["i", "f", "g", "o"], of: 5, in: gates) }
  var memoryRule: MemoryRule? { MemoryRule(keep: "f", add: "i") }

  func prepare(_ pass: Pass) {
    packed.pack(projection.values)
    if pass.hasBackward { packedTransposed.pack(transposing: projection.values) }
  }

  func forward(_ step: CellStep, _ scratch: RecurrentScratch) {
    let (shard, time) = (step.shard, step.time)
    let z = inputs?.values(shard, time) ?? scratch.x(shard)
    products.writeSums(step, state: h.values(shard, step.before), into: z)
    if products.keepsSteps {
      lstmForward(buffers(step, z), activations)
    } else {
      lstmForward(
        z: z, cellBefore: c.values(shard, step.before), cell: c.values(shard, time),
        output: y.values(shard, time), activations)
    }
    multiply(y.values(shard, time), packed, into: h.values(shard, time))
  }

  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch) {
    scratch.sharesGradients = false
    let shard = step.shard
    let (dh, dc) = (scratch.gradient(of: 0, shard), scratch.gradient(of: 1, shard))
    let dz = scratch.inputGradients(slot..<slot + 1, shard)
    // dh of the block's steps, which V's gradient needs, is in the first columns of the recurrent part.
    copyVectors(of: dh.after, into: scratch.recurrentGradients(slot..<slot + 1, shard))
    multiply(dh.after, packedTransposed, into: dy.rows(shard))
    lstmBackward(
      buffers(step, inputs?.values(shard, step.time) ?? dz),
      LSTMStepGradient(output: dy.rows(shard), cell: dc.after, cellBefore: dc.before, z: dz), activations)
    products.passStateBack(dz, shard, into: dh.before)
  }

  func addRecurrentGradient(
    _ shard: Shard, _ block: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    products.addRecurrentGradient(
      h.values(shard, block.before), scratch.inputGradients(slots, shard), shard, ahead: nil)
    addOuterProduct(
      y.values(shard, block.times), scratch.recurrentGradients(slots, shard), into: projection.gradient(shard)
    )
  }

  private func buffers(_ step: CellStep, _ z: Matrix) -> LSTMStep {
    let (shard, time) = (step.shard, step.time)
    return LSTMStep(
      z: z, kept: gates.values(shard, time), cellBefore: c.values(shard, step.before),
      cell: c.values(shard, time), output: y.values(shard, time))
  }
}
