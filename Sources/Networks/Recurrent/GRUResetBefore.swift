// The products of a GRU whose reset gate is applied before the product with U (the equations are in GRU.swift).

import Kernels

/// The products of a GRU whose reset gate is applied before the product: U has two parts, U_zr for h_{t-1} and U_h
/// for r h_{t-1}.
final class GRUResetBefore {
  private let gate: Int
  private let units: Int
  private let packed: PackedMatrix
  private let packedTransposed: PackedMatrix
  private let packedCandidate: PackedMatrix
  private let packedCandidateTransposed: PackedMatrix
  /// The columns of U_zr and U_h as separate matrices.
  private let parts: FloatBuffer
  /// q = r h_{t-1} of every step.
  private let reset: Activation
  private let candidates: [FloatBuffer]
  private let gradients: [FloatBuffer]
  private let products: [FloatBuffer]
  /// m_h h_{t-1} of one step, if the state has dropout.
  private let dropped: [FloatBuffer]
  /// U with dropout on the state, in a pass that applies dropout.
  private var dropout: DroppedProduct?

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
      context.storage, steps: steps, width: units, hasGradient: false, kept: context.isTraining ? nil : 1)
    let rows = context.rowsOfShard
    candidates = (0..<context.workers).map { _ in FloatBuffer(rows * stride) }
    let block = max(RecurrentScratch.blockRows, rows)
    gradients = (0..<context.workers).map { _ in FloatBuffer(block * stride) }
    products = (0..<context.workers).map { _ in FloatBuffer(options.units * stride) }
    let isDropped = options.recurrentDropout > 0 && context.isTraining
    dropped = (0..<context.workers).map { _ in FloatBuffer(isDropped ? rows * stride : 0) }
  }

  func prepare(_ recurrent: Matrix, dropout: DroppedProduct?, hasBackward: Bool) {
    self.dropout = dropout
    let gates = parts.matrix(rows: units, columns: 2 * gate, stride: paddedWidth(2 * gate))
    let candidate = parts.matrix(
      at: units * paddedWidth(2 * gate), rows: units, columns: gate, stride: paddedWidth(gate))
    copyColumns(of: recurrent, from: 0, into: gates)
    copyColumns(of: recurrent, from: 2 * gate, into: candidate)
    packed.pack(gates)
    packedCandidate.pack(candidate)
    guard hasBackward else { return }
    packedTransposed.pack(transposing: gates)
    packedCandidateTransposed.pack(transposing: candidate)
  }

  func forward(_ step: GRUStep, _ shard: Shard, _ time: Int, _ kinds: CellActivations) {
    let q = reset.values(shard, time)
    let product = matrix(candidates[shard.worker], shard.active)
    if let dropout {
      step.u.clear()
      dropout.add(step.before, Self.gates, shard, into: step.u)
    } else {
      multiply(step.before, packed, into: step.u)
    }
    gruResetForward(dropping(step, shard), reset: q, kinds)
    multiply(q, packedCandidate, into: product)
    gruCandidateForward(step, candidate: product, kinds)
  }

  /// Writes dL/dh_{t-1} to `before`, except for the part that bypasses U.
  func backward(
    _ step: GRUStep, _ gradient: GRUStepGradient, _ shard: Shard, _ kinds: CellActivations,
    into before: Matrix
  ) {
    let dq = matrix(candidates[shard.worker], shard.active)
    gruCandidateBackward(step, gradient, kinds)
    let dg = matrix(gradients[shard.worker], shard.active)
    copyColumns(of: gradient.x, from: 2 * gate, into: dg)
    multiply(dg, packedCandidateTransposed, into: dq)
    // Not in place: a row's last vector overlaps the one before it, which would be processed twice.
    gruResetBackward(dropping(step, shard), gradient, product: dq, through: dg, kinds)
    guard let dropout else {
      multiply(gradient.u, packedTransposed, into: before)
      return add(dg, into: before)
    }
    dropout.passBack(gradient.u, Self.gates, shard, adds: false, into: before)
    addRows(dg, times: dropout.mask(2, shard), into: before)
  }

  /// z and r, whose products are those with h_{t-1}.
  private static let gates = 0..<2

  /// The step with m_h h_{t-1} in place of h_{t-1}, if the state has dropout.
  private func dropping(_ step: GRUStep, _ shard: Shard) -> GRUStep {
    guard let dropout else { return step }
    var result = step
    result.before = dropped[shard.worker].matrix(
      rows: shard.rows, columns: units, stride: paddedWidth(units))
    multiplyRows(step.before, by: dropout.mask(2, shard), into: result.before)
    return result
  }

  func addGradient(
    _ before: Matrix, dx: Matrix, du: Matrix, _ shard: Shard, _ times: Range<Int>, into result: Matrix
  ) {
    let dg = matrix(gradients[shard.worker], dx.rows)
    copyColumns(of: dx, from: 2 * gate, into: dg)
    // du has no third gate here: its columns remain zero, and U_h has a separate product.
    if let dropout {
      dropout.addGradient(before, du, Self.gates, shard)
    } else {
      addOuterProduct(before, du, into: result)
    }
    let product = matrix(products[shard.worker], units)
    product.clear()
    addOuterProduct(reset.values(shard, times), dg, into: product)
    addColumns(of: product, into: result, at: 2 * gate)
  }

  private func matrix(_ buffer: FloatBuffer, _ rows: Int) -> Matrix {
    buffer.matrix(rows: rows, columns: gate, stride: paddedWidth(gate))
  }
}
