// The gated recurrent unit (Cho et al. 2014).
//
//   x = x_t W + b_i        W [F, 3H], gates in the order z r h
//   u = h_{t-1} U + b_r    U [H, 3H]
//   z, r = s(x_z + u_z), s(x_r + u_r)     how much to keep; how much of the past the candidate sees
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
public final class GRU: RecurrentLayer {
  public override var kind: String { "GRU" }
  private let gates: Activation
  /// What the activations of every step were given, where a slope can't be told from the value.
  private let inputs: Activation?
  private let resetBefore: GRUResetBefore?

  init(
    _ options: RecurrentOptions, input: RecurrentInput, addsInputGradient: Bool, _ context: LayerContext
  ) {
    let (units, steps) = (options.units, input.activation.steps)
    gates = Activation(
      context.places, steps: steps, width: 4 * max(units, 16), hasGradient: false,
      kept: context.isTraining ? nil : 1)
    inputs =
      context.isTraining && options.activations.needInputs
      ? Activation(context.places, steps: steps, width: 3 * max(units, 16), hasGradient: false) : nil
    resetBefore = options.resetAfter ? nil : GRUResetBefore(options, steps: steps, context)
    super.init(
      options, gates: 3, biasShape: options.resetAfter ? [2, 3 * units] : [3 * units],
      biasInitializer: options.biasInitializer, input: input, addsInputGradient: addsInputGradient, context)
  }

  override var kept: Activation? { gates }

  public override func prepare(_ pass: Pass) {
    super.prepare(pass)
    resetBefore?.prepare(recurrentKernel.values, dropout: droppedState, hasBackward: pass.hasBackward)
  }

  override func stepForward(_ shard: Shard, _ time: Int, _ scratch: RecurrentScratch) {
    let step = step(shard, time, x: scratch.x(shard), u: scratch.u(shard))
    projection.write(shard, time, into: step.x)
    if let resetBefore {
      resetBefore.forward(step, shard, time, options.activations)
    } else {
      multiplyState(step.before, shard, into: step.u)
      gruForward(step, options.activations)
    }
  }

  override func stepBackward(_ shard: Shard, _ time: Int, slot: Int, _ scratch: RecurrentScratch) {
    scratch.sharesGradients = false
    let gradient = GRUStepGradient(
      output: scratch.dh(shard), before: scratch.bypass(shard),
      x: scratch.inputGradients(slot..<slot + 1, shard), u: scratch.recurrentGradients(slot..<slot + 1, shard)
    )
    let step = step(shard, time, x: gradient.x, u: gradient.u)
    if let resetBefore {
      resetBefore.backward(step, gradient, shard, options.activations)
    } else {
      gruBackward(step, gradient, options.activations)
      passStateBack(gradient.u, shard, into: gradient.output)
    }
    add(gradient.before, into: gradient.output)
  }

  override func addRecurrentGradient(
    _ shard: Shard, _ times: Range<Int>, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    let dx = scratch.inputGradients(slots, shard)
    let du = scratch.recurrentGradients(slots, shard)
    let before = history.values(shard, shifted(times))
    if let resetBefore {
      resetBefore.addGradient(before, dx: dx, du: du, shard, times, into: recurrentKernel.gradient(shard))
    } else {
      super.addRecurrentGradient(shard, times, slots, scratch)
    }
    if let bias, options.resetAfter { addColumnSums(of: du, into: bias.gradient(shard).rows(1..<2)) }
  }

  /// u = h_{t-1} U + b_r.
  private func multiplyState(_ before: Matrix, _ shard: Shard, into u: Matrix) {
    let bias = bias?.values.rows(1..<2)
    guard let dropout = droppedState else {
      return multiply(before, packedRecurrent, into: u, from: bias.map { .row($0) } ?? .zero)
    }
    if let bias { broadcast(bias, into: u) } else { u.clear() }
    dropout.add(before, dropout.all, shard, into: u)
  }

  private func step(_ shard: Shard, _ time: Int, x: Matrix, u: Matrix) -> GRUStep {
    GRUStep(
      x: x, u: u, gates: gates.values(shard, time), inputs: inputs?.values(shard, time) ?? x,
      before: history.values(shard, before(time)), output: history.values(shard, time))
  }
}
