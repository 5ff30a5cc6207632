// The gated recurrent unit (Cho et al. 2014).
//
//   x = x_t W + b_i        W [F, 3H], gates in the order z r h
//   u = h_{t-1} U + b_r    U [H, 3H]
//   z, r = s(x_z + u_z), s(x_r + u_r)     how much of the state to keep; how much of it the candidate reads
//   g = a(x_h + r u_h)                    the candidate, reset after the product (Keras's default, bias [2, 3H])
//   g = a(x_h + (r h_{t-1}) U_h)          the same with reset_after=false (one bias, [3H], in x)
//   h_t = z h_{t-1} + (1 - z) g
//
// Backward, with dh = dL/dh_t from above and from step t+1:
//
//   dz = dh (h_{t-1} - g) s'(z)    dg = dh (1 - z) a'(g)    dr = dg u_h s'(r)
//   dx = [dz dr dg]                du = [dz dr (dg r)]
//   dh_{t-1} = dh z + du U^T       dW = sum_t x_t^T dx      dU = sum_t h_{t-1}^T du
//
// With reset_after=false, q = r h_{t-1}: dq = dg U_h^T, dr = dq h_{t-1} s'(r),
// dh_{t-1} = dh z + dq r + [dz dr] U_zr^T, and dU_h = sum_t q^T dg.

import Kernels

/// Keras's GRU.
struct GRU: RecurrentProductDefinition {
  static let table = recurrentTable(
    "gru", GRU(options: RecurrentOptions(units: 0)), gates: gateOptions,
    own: [CallOption("reset_after", \.options.resetAfter, "apply the reset gate after the product with U")])
  static let kerasClass = "GRU"
  static let gates = 3
  static let stateNames = ["h"]

  var options: RecurrentOptions

  var biasShape: [Int] { options.resetAfter ? [2, 3 * options.units] : [3 * options.units] }

  func makeCell(
    _ products: RecurrentProducts, _ states: [Activation], _ context: LayerContext
  ) -> any RecurrentCell {
    GRUCell(options, products, h: states[0], context)
  }
}

/// A step of the GRU.
final class GRUCell: RecurrentCell {
  private let products: RecurrentProducts
  private let activations: CellActivations
  private let hasTwoBiases: Bool
  private let h: Activation
  private let gates: Activation
  /// The inputs of every step's activations, if a derivative can't be computed from the output.
  private let inputs: Activation?
  private let resetBefore: GRUResetBefore?

  init(
    _ options: RecurrentOptions, _ products: RecurrentProducts, h: Activation, _ context: LayerContext
  ) {
    (self.products, self.h) = (products, h)
    activations = options.activations
    hasTwoBiases = options.resetAfter
    gates = Activation(
      context.storage, steps: h.steps, width: 4 * options.gateWidth, hasGradient: false,
      kept: context.isTraining ? nil : 1)
    inputs =
      context.isTraining && activations.needInputs
      ? Activation(context.storage, steps: h.steps, width: 3 * options.gateWidth, hasGradient: false) : nil
    resetBefore = options.resetAfter ? nil : GRUResetBefore(options, steps: h.steps, context)
  }

  var storedGates: [StoredGate] { StoredGate.parts(["z", "r", "g"], in: gates) }
  var memoryRule: MemoryRule? { MemoryRule(keep: "z") }

  func prepare(_ pass: Pass) {
    resetBefore?.prepare(
      products.recurrentKernel.values, dropout: products.droppedState, hasBackward: pass.hasBackward)
  }

  func forward(_ step: CellStep, _ scratch: RecurrentScratch) {
    let buffers = buffers(step, x: scratch.x(step.shard), u: scratch.u(step.shard))
    products.projection.write(step.shard, step.time, into: buffers.x)
    if let resetBefore {
      resetBefore.forward(buffers, step.shard, step.time, activations)
    } else {
      multiplyState(buffers.before, step.shard, into: buffers.u)
      gruForward(buffers, activations)
    }
  }

  func backward(_ step: CellStep, slot: Int, _ scratch: RecurrentScratch) {
    scratch.sharesGradients = false
    let (shard, dh) = (step.shard, scratch.gradient(of: 0, step.shard))
    let gradient = GRUStepGradient(
      output: dh.after, before: scratch.bypass(shard), x: scratch.inputGradients(slot..<slot + 1, shard),
      u: scratch.recurrentGradients(slot..<slot + 1, shard))
    let buffers = buffers(step, x: gradient.x, u: gradient.u)
    if let resetBefore {
      resetBefore.backward(buffers, gradient, shard, activations, into: dh.before)
    } else {
      gruBackward(buffers, gradient, activations)
      products.passStateBack(gradient.u, shard, into: dh.before)
    }
    add(gradient.before, into: dh.before)
  }

  func addRecurrentGradient(
    _ shard: Shard, _ block: TimeBlock, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    let du = scratch.recurrentGradients(slots, shard)
    let before = h.values(shard, block.before)
    if let resetBefore {
      resetBefore.addGradient(
        before, dx: scratch.inputGradients(slots, shard), du: du, shard, block.times,
        into: products.recurrentKernel.gradient(shard))
    } else {
      products.addRecurrentGradient(before, du, shard, ahead: gates.values(shard, block.next))
    }
    if hasTwoBiases, let bias = products.bias {
      addColumnSums(of: du, into: bias.gradient(shard).rows(1..<2))
    }
  }

  /// u = h_{t-1} U + b_r.
  private func multiplyState(_ before: Matrix, _ shard: Shard, into u: Matrix) {
    let bias = products.bias?.values.rows(1..<2)
    guard let dropout = products.droppedState else {
      return multiply(before, products.packedRecurrent, into: u, from: bias.map { .row($0) } ?? .zero)
    }
    if let bias { broadcast(bias, into: u) } else { u.clear() }
    dropout.add(before, dropout.all, shard, into: u)
  }

  private func buffers(_ step: CellStep, x: Matrix, u: Matrix) -> GRUStep {
    let (shard, time) = (step.shard, step.time)
    return GRUStep(
      x: x, u: u, gates: gates.values(shard, time), inputs: inputs?.values(shard, time) ?? x,
      before: h.values(shard, step.before), output: h.values(shard, time))
  }
}
