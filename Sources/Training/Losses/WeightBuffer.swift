// The weights of a batch's rows in the order of the output's rows, next to `TargetBuffer`.

import Kernels
import Networks

/// The weights of each output row: in the loss, and in metrics, to which only the mask applies.
final class WeightBuffer {
  private let values: FloatBuffer
  private let steps: Int

  init(rows: Int, steps: Int) {
    self.steps = steps
    values = FloatBuffer(rows * steps * 2)
  }

  /// Copies the weights of `shard`, whose row i is row `order[first + row(i)]` of the data; 1 if it has none, 0 for
  /// masked steps.
  func load(_ batch: Batch, _ shard: Shard, mask: RowMask?, row rowAt: (Int) -> Int) {
    let data = batch.data
    let start = shard.firstRow * steps
    let width = data.weights.count / data.rows
    for row in 0..<shard.rows {
      let source = batch.order[batch.first + rowAt(shard.firstRow + row)] * width
      for step in 0..<steps {
        let (index, isIncluded) = (step * shard.rows + row, mask?[step * shard.rows + row] ?? true)
        let weight = width == 0 ? 1 : data.weights[source + min(step, width - 1)]
        values[(start + index) * 2] = isIncluded ? weight : 0
        values[(start + index) * 2 + 1] = isIncluded ? 1 : 0
      }
    }
  }

  /// The shard's weights, `[steps * rows, 2]`.
  func rows(_ shard: Shard) -> Matrix {
    values.matrix(at: shard.firstRow * steps * 2, rows: shard.rows * steps, columns: 2, stride: 2)
  }
}
