// x_t W + b for cells whose gates don't depend on the state through a matrix: computed for a block of steps at a time,
// by one product, before the first of these steps. A block has as many rows as the blocks of the backward pass, few
// enough that its pre-activations and their gradients stay in the L1 cache until they are read: with so little
// arithmetic per step, reading them from L2 takes noticeable time. If W is large, each block has to read W and its
// gradient from L2, and more rows are worth more.
//
// Each number is one sum in ascending order of the inputs (Kernels/Multiply.swift), so it has the same bits whether one
// step is computed at a time or many: a sequence processed step by step gives the same result as a whole one.

import Kernels

/// The pre-activations of a shard's steps.
final class ProjectedBlocks {
  private let projection: any InputProjection
  private let steps: Int
  private let width: Int
  /// Whether several steps are computed together; not if tokens are looked up, or if rows share padding.
  private let joinsSteps: Bool
  private let blocks: [Block]
  /// The number of rows in a block.
  let rows: Int

  /// How many numbers a small W has: 16 KB, which stay in the L1 cache too.
  private static let smallKernel = 4_096

  /// - Parameter width: the number of columns of all gates.
  init(_ projection: any InputProjection, _ input: LayerInput, width: Int, _ context: LayerContext) {
    self.projection = projection
    self.width = width
    steps = input.activation.steps
    joinsSteps = projection.joinsSteps && input.prefix == nil
    let isSmall = !projection.joinsSteps || input.activation.width * width <= Self.smallKernel
    rows = isSmall ? 32 : RecurrentScratch.blockRows
    let capacity = max(joinsSteps ? rows : 0, context.rowsOfShard)
    blocks = (0..<context.workers).map { _ in Block(capacity * paddedWidth(width)) }
  }

  /// Prepares for the steps of another shard.
  func begin(_ shard: Shard) { blocks[shard.worker].number = nil }

  /// x_t W + b of a step's active rows, `[n, width]`.
  func values(_ step: CellStep) -> ProductRows {
    let (shard, block) = (step.shard, blocks[step.shard.worker])
    guard joinsSteps else {
      if let rows = projection.lookUp(shard, step.time) { return rows }
      let result = matrix(block, 0, shard.active)
      projection.write(shard, step.time, into: result)
      return ProductRows(result)
    }
    let count = max(1, rows / shard.rows)
    let number = step.time / count
    if block.number != number { fill(block, number, count, shard.with(active: shard.rows)) }
    return ProductRows(matrix(block, (step.time - number * count) * shard.rows, shard.active))
  }

  private func fill(_ block: Block, _ number: Int, _ count: Int, _ shard: Shard) {
    let times = number * count..<min(steps, (number + 1) * count)
    projection.write(shard, times, into: matrix(block, 0, times.count * shard.rows))
    block.number = number
  }

  private func matrix(_ block: Block, _ first: Int, _ rows: Int) -> Matrix {
    let stride = paddedWidth(width)
    return block.values.matrix(at: first * stride, rows: rows, columns: width, stride: stride)
  }
}

/// A thread's block.
private final class Block {
  let values: FloatBuffer
  /// Which block of the shard's steps it holds.
  var number: Int?

  init(_ count: Int) { values = FloatBuffer(count) }
}
