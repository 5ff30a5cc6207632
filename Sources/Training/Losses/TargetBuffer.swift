// A batch's targets, and what each of its rows counts, in the order of the output's rows, so that a loss
// reads all of them side by side.

import Kernels
import Networks

/// Targets laid out as the network's output: shard by shard, step by step, row by row.
final class TargetBuffer {
  private let values: FloatBuffer
  private let steps: Int
  /// Numbers of one row and step.
  let width: Int

  init(rows: Int, steps: Int, width: Int) {
    self.steps = steps
    self.width = width
    values = FloatBuffer(rows * steps * width)
  }

  /// Copies the targets of `shard`, at whose place i stands row `order[first + row(i)]` of the data.
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

/// What each output row counts: in the loss, and in metrics, which know no weights but the mask.
final class WeightBuffer {
  private let values: FloatBuffer
  private let steps: Int

  init(rows: Int, steps: Int) {
    self.steps = steps
    values = FloatBuffer(rows * steps * 2)
  }

  /// Copies the weights of `shard`, at whose place i stands row `order[first + row(i)]` of the data; 1 where it
  /// has none, 0 where the mask leaves the step out.
  func load(_ batch: Batch, _ shard: Shard, mask: RowMask?, row rowAt: (Int) -> Int) {
    let data = batch.data
    let start = shard.firstRow * steps
    let width = data.weights.count / data.rows
    for row in 0..<shard.rows {
      let source = batch.order[batch.first + rowAt(shard.firstRow + row)] * width
      for step in 0..<steps {
        let (place, counts) = (step * shard.rows + row, mask?[step * shard.rows + row] ?? true)
        let weight = width == 0 ? 1 : data.weights[source + min(step, width - 1)]
        values[(start + place) * 2] = counts ? weight : 0
        values[(start + place) * 2 + 1] = counts ? 1 : 0
      }
    }
  }

  /// The shard's weights, `[steps * rows, 2]`.
  func rows(_ shard: Shard) -> Matrix {
    values.matrix(at: shard.firstRow * steps * 2, rows: shard.rows * steps, columns: 2, stride: 2)
  }
}
