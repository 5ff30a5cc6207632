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
      rows: context.rows, steps: steps, width: 4 * max(units, 16), hasGradient: false,
      kept: context.isTraining ? nil : 1)
    inputs =
      context.isTraining && options.activations.needInputs
      ? Activation(rows: context.rows, steps: steps, width: 3 * max(units, 16), hasGradient: false) : nil
    resetBefore = options.resetAfter ? nil : GRUResetBefore(options, steps: steps, context)
    super.init(
      options, gates: 3, biasShape: options.resetAfter ? [2, 3 * units] : [3 * units],
      biasInitializer: options.biasInitializer, input: input, addsInputGradient: addsInputGradient, context)
  }

  public override func prepare(_ pass: Pass) {
    super.prepare(pass)
    resetBefore?.prepare(recurrentKernel.values, isTraining: pass.isTraining)
  }

  override func stepForward(_ shard: Shard, _ time: Int, _ scratch: RecurrentScratch) {
    let step = step(shard, time, x: scratch.x(shard), u: scratch.u(shard))
    projection.write(shard, time, into: step.x)
    if let resetBefore {
      resetBefore.forward(step, shard, time, options.activations)
    } else {
      multiply(
        step.before, packedRecurrent, into: step.u, from: bias.map { .row($0.values.rows(1..<2)) } ?? .zero)
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
      multiply(gradient.u, packedRecurrentTransposed, into: gradient.output)
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
      addOuterProduct(before, du, into: recurrentKernel.gradient(shard))
    }
    if let bias, options.resetAfter { addColumnSums(of: du, into: bias.gradient(shard).rows(1..<2)) }
  }

  private func step(_ shard: Shard, _ time: Int, x: Matrix, u: Matrix) -> GRUStep {
    GRUStep(
      x: x, u: u, gates: gates.values(shard, time), inputs: inputs?.values(shard, time) ?? x,
      before: history.values(shard, before(time)), output: history.values(shard, time))
  }
}

/// The products of a GRU whose reset gate comes before the product: U is used in two parts, U_zr on h_{t-1}
/// and U_h on r h_{t-1}.
private final class GRUResetBefore {
  private let gate: Int
  private let units: Int
  private let packed: PackedMatrix
  private let packedTransposed: PackedMatrix
  private let packedCandidate: PackedMatrix
  private let packedCandidateTransposed: PackedMatrix
  /// The columns of U_zr and U_h, apart.
  private let parts: FloatBuffer
  /// q = r h_{t-1} of every step.
  private let reset: Activation
  private let candidates: [FloatBuffer]
  private let gradients: [FloatBuffer]
  private let products: [FloatBuffer]

  init(_ options: RecurrentOptions, steps: Int, _ context: LayerContext) {
    units = options.units
    gate = max(units, 16)
    let stride = paddedWidth(gate)
    packed = PackedMatrix(depth: units, columns: 2 * gate)
    packedTransposed = PackedMatrix(depth: 2 * gate, columns: units)
    packedCandidate = PackedMatrix(depth: units, columns: gate)
    packedCandidateTransposed = PackedMatrix(depth: gate, columns: units)
    parts = FloatBuffer(units * (paddedWidth(2 * gate) + stride))
    reset = Activation(
      rows: context.rows, steps: steps, width: units, hasGradient: false, kept: context.isTraining ? nil : 1)
    let rows = ShardPlan(rows: context.rows).rowsPerShard
    candidates = (0..<context.workers).map { _ in FloatBuffer(rows * stride) }
    let block = max(RecurrentScratch.blockRows, rows)
    gradients = (0..<context.workers).map { _ in FloatBuffer(block * stride) }
    products = (0..<context.workers).map { _ in FloatBuffer(options.units * stride) }
  }

  func prepare(_ recurrent: Matrix, isTraining: Bool) {
    let gates = parts.matrix(rows: units, columns: 2 * gate, stride: paddedWidth(2 * gate))
    let candidate = parts.matrix(
      at: units * paddedWidth(2 * gate), rows: units, columns: gate, stride: paddedWidth(gate))
    copyColumns(of: recurrent, from: 0, into: gates)
    copyColumns(of: recurrent, from: 2 * gate, into: candidate)
    packed.pack(gates)
    packedCandidate.pack(candidate)
    guard isTraining else { return }
    packedTransposed.pack(transposing: gates)
    packedCandidateTransposed.pack(transposing: candidate)
  }

  func forward(_ step: GRUStep, _ shard: Shard, _ time: Int, _ kinds: CellActivations) {
    let q = reset.values(shard, time)
    let product = matrix(candidates[shard.worker], shard.active)
    multiply(step.before, packed, into: step.u)
    gruResetForward(step, reset: q, kinds)
    multiply(q, packedCandidate, into: product)
    gruCandidateForward(step, candidate: product, kinds)
  }

  func backward(_ step: GRUStep, _ gradient: GRUStepGradient, _ shard: Shard, _ kinds: CellActivations) {
    let dq = matrix(candidates[shard.worker], shard.active)
    gruCandidateBackward(step, gradient, kinds)
    let dg = matrix(gradients[shard.worker], shard.active)
    copyColumns(of: gradient.x, from: 2 * gate, into: dg)
    multiply(dg, packedCandidateTransposed, into: dq)
    // Not in place: a row's last vector overlaps the one before, which would then be taken twice.
    gruResetBackward(step, gradient, product: dq, through: dg, kinds)
    multiply(gradient.u, packedTransposed, into: gradient.output)
    add(dg, into: gradient.output)
  }

  func addGradient(
    _ before: Matrix, dx: Matrix, du: Matrix, _ shard: Shard, _ times: Range<Int>, into result: Matrix
  ) {
    let dg = matrix(gradients[shard.worker], dx.rows)
    copyColumns(of: dx, from: 2 * gate, into: dg)
    // du has no third gate here: its columns stay zero, and U_h gets its own product.
    addOuterProduct(before, du, into: result)
    let product = matrix(products[shard.worker], units)
    product.clear()
    addOuterProduct(reset.values(shard, times), dg, into: product)
    addColumns(of: product, into: result, at: 2 * gate)
  }

  private func matrix(_ buffer: FloatBuffer, _ rows: Int) -> Matrix {
    buffer.matrix(rows: rows, columns: gate, stride: paddedWidth(gate))
  }
}
