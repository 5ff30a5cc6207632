// The products of a recurrent layer whose state is divided into heads, each multiplied by a matrix of its own:
// together a block-diagonal U. Gates have their columns side by side, and within a gate the heads.
//
//   y[gate g, head k] = h[head k] U[:, gate g, head k]       U [H/k, gates * H]

import Kernels

/// Products of the state with a recurrent layer's weights.
protocol StateProducts: AnyObject {
  /// x_t W + b + h_{t-1} U.
  func writeSums(_ step: CellStep, state: Matrix, into sums: Matrix)
  /// dL/dh_{t-1} from the gradients of h_{t-1} U.
  func passStateBack(_ gradient: Matrix, _ shard: Shard, into dh: Matrix)
  /// Adds h_{t-1}^T du of all of a block's steps to U's gradient; `ahead` is memory that is read next.
  func addRecurrentGradient(_ state: Matrix, _ du: Matrix, _ shard: Shard, ahead: Matrix?)
}

extension RecurrentProducts: StateProducts {}

/// The products of a layer with several heads.
final class HeadProducts: InputProducts, StateProducts {
  private let kernel: Parameter
  private let heads: [Head]
  private let size: Int
  private let gates: Int
  private let gateWidth: Int
  /// The columns of one head: of all gates, side by side.
  private let columns: BlockRows
  /// The state's part of one head.
  private let parts: BlockRows
  private let weights: BlockRows

  /// A head's matrix.
  private struct Head {
    let packed: PackedMatrix
    let packedTransposed: PackedMatrix
  }

  init(
    _ input: LayerInput, _ options: RecurrentOptions, heads: Int, gates: Int, addsInputGradient: Bool,
    _ context: LayerContext
  ) throws {
    let size = options.units / heads
    kernel = try context.weight("recurrent_kernel")
    (self.size, self.gates, gateWidth) = (size, gates, options.gateWidth)
    self.heads = (0..<heads).map { _ in
      Head(
        packed: PackedMatrix(depth: size, columns: gates * size),
        packedTransposed: PackedMatrix(depth: gates * size, columns: size))
    }
    columns = BlockRows(width: gates * size, isBlock: true, context)
    parts = BlockRows(width: size, isBlock: false, context)
    weights = BlockRows(width: gates * size, rows: size, context)
    try super.init(input, options, gates: gates, addsInputGradient: addsInputGradient, context)
  }

  override func prepare(_ pass: Pass) {
    super.prepare(pass)
    let part = weights.all(worker: 0)
    for (number, head) in heads.enumerated() {
      gather(kernel.values, number, into: part)
      head.packed.pack(part)
      if pass.hasBackward { head.packedTransposed.pack(transposing: part) }
    }
  }

  func writeSums(_ step: CellStep, state: Matrix, into sums: Matrix) {
    projection.write(step.shard, step.time, into: sums)
    let product = columns.rows(step.shard)
    for (number, head) in heads.enumerated() {
      multiply(state.leftColumns(number * size..<(number + 1) * size), head.packed, into: product)
      scatter(product, number, into: sums)
    }
  }

  func passStateBack(_ gradient: Matrix, _ shard: Shard, into dh: Matrix) {
    let (part, result) = (columns.rows(shard), parts.rows(shard))
    for (number, head) in heads.enumerated() {
      gather(gradient, number, into: part)
      multiply(part, head.packedTransposed, into: result)
      copyColumns(of: result, into: dh, at: number * size)
    }
  }

  func addRecurrentGradient(_ state: Matrix, _ du: Matrix, _ shard: Shard, ahead: Matrix?) {
    let (part, sum) = (columns.first(du.rows, shard), weights.all(worker: shard.worker))
    for number in heads.indices {
      gather(du, number, into: part)
      sum.clear()
      addOuterProduct(state.leftColumns(number * size..<(number + 1) * size), part, into: sum)
      scatter(sum, number, into: kernel.gradient(shard))
    }
  }

  /// Copies a head's columns of all gates to adjacent columns.
  private func gather(_ values: Matrix, _ head: Int, into result: Matrix) {
    for gate in 0..<gates {
      copyColumns(of: values, from: gate * gateWidth + head * size, size, into: result, at: gate * size)
    }
  }

  /// Adds adjacent columns to a head's columns of all gates.
  private func scatter(_ values: Matrix, _ head: Int, into result: Matrix) {
    for gate in 0..<gates {
      addColumns(of: values, from: gate * size, size, into: result, at: gate * gateWidth + head * size)
    }
  }
}
