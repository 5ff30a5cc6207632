// A thread's memory for rows of a block of steps, or of one step, that only one kind of cell needs.

import Kernels

/// Rows of numbers for the steps of a block, for each thread.
final class BlockRows {
  private let buffers: [FloatBuffer]
  private let width: Int
  private let count: Int

  /// - Parameter isBlock: whether there is memory for a block of steps, or only for one step.
  convenience init(width: Int, isBlock: Bool, _ context: LayerContext) {
    self.init(width: width, rows: max(isBlock ? RecurrentScratch.blockRows : 0, context.rowsOfShard), context)
  }

  /// Memory for `rows` rows.
  init(width: Int, rows: Int, _ context: LayerContext) {
    (self.width, count) = (width, rows)
    buffers = (0..<context.workers).map { _ in FloatBuffer(rows * paddedWidth(width)) }
  }

  /// The rows of the steps at `slots`, `[slots * n, width]`.
  func rows(_ slots: Range<Int>, _ shard: Shard) -> Matrix {
    matrix(at: slots.lowerBound * shard.rows, rows: shard.rows(of: slots.count), shard.worker)
  }

  /// The rows of one step, `[n, width]`.
  func rows(_ shard: Shard) -> Matrix { matrix(at: 0, rows: shard.active, shard.worker) }

  /// The first rows.
  func first(_ rows: Int, _ shard: Shard) -> Matrix { matrix(at: 0, rows: rows, shard.worker) }

  /// All rows of a thread's memory.
  func all(worker: Int) -> Matrix { matrix(at: 0, rows: count, worker) }

  private func matrix(at first: Int, rows: Int, _ worker: Int) -> Matrix {
    let stride = paddedWidth(width)
    return buffers[worker].matrix(at: first * stride, rows: rows, columns: width, stride: stride)
  }
}
