// A batch's targets in the order of the output's rows, so that a loss reads both side by side.

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

  /// Takes the targets of `shard`, at whose place i stands row `order[first + row(i)]` of the data.
  func load(_ data: DataSet, _ order: [Int], first: Int, _ shard: Shard, row rowAt: (Int) -> Int) {
    let start = shard.firstRow * steps * width
    for row in 0..<shard.rows {
      let source = order[first + rowAt(shard.firstRow + row)] * steps * width
      for step in 0..<steps {
        let target = start + (step * shard.rows + row) * width
        for j in 0..<width { values[target + j] = data.targets[source + step * width + j] }
      }
    }
  }

  /// Target number `column` of the shard's output row `row` (step by step, then row by row).
  @inline(__always)
  func value(_ shard: Shard, _ row: Int, _ column: Int) -> Float {
    values[(shard.firstRow * steps + row) * width + column]
  }
}
