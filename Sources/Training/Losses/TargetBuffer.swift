// The targets of a batch in the order of the output's rows, so that a loss reads them sequentially.

import Kernels
import Networks

/// Targets in the layout of the network's output: by shard, then by step, then by row.
final class TargetBuffer {
  private let values: FloatBuffer
  private let steps: Int
  /// The number of values per row and step.
  let width: Int

  init(rows: Int, steps: Int, width: Int) {
    self.steps = steps
    self.width = width
    values = FloatBuffer(rows * steps * width)
  }

  /// Copies the targets of `shard`, whose row i is row `order[first + row(i)]` of the data.
  func load(_ targets: DataSet.Targets, _ batch: Batch, _ shard: Shard, row rowAt: (Int) -> Int) {
    let start = shard.firstRow * steps * width
    for row in 0..<shard.rows {
      let source = batch.order[batch.first + rowAt(shard.firstRow + row)] * steps * width
      for step in 0..<steps {
        let target = start + (step * shard.rows + row) * width
        for j in 0..<width { values[target + j] = targets.values[source + step * width + j] }
      }
    }
  }

  /// The shard's targets, `[steps * rows, width]`.
  func rows(_ shard: Shard) -> Matrix {
    values.matrix(
      at: shard.firstRow * steps * width, rows: shard.rows * steps, columns: width, stride: width)
  }
}
