// The token ids of a batch in the network's layout.

import Kernels

/// The token ids of a batch, in the layout of an `Activation` of width 1 without padding.
public final class TokenInput {
  /// The number of ids of a row: time steps, times the characters of a word.
  public let steps: Int
  /// How many ids there are at a time step: 1, or the number of characters of a word.
  let length: Int
  let ids: IndexBuffer
  /// The padding that rows share, if the network processes it once; then rows are in its order.
  let prefix: SharedPrefix?

  init(rows: Int, steps: Int, length: Int = 1, sharesPrefix: Bool) {
    self.steps = steps * length
    self.length = length
    prefix = sharesPrefix ? SharedPrefix(rows: rows) : nil
    ids = IndexBuffer(rows * steps * length)
  }

  /// The offset of a shard's ids at `step`.
  func offset(_ shard: Shard, _ step: Int) -> Int { shard.firstRow * steps + step * shard.rows }

  /// Copies a shard's rows of row-major `source` [.., steps]: row i is row `order[first + i]`, unless rows are sorted
  /// by their padding.
  func load(_ source: [Int32], _ order: [Int], first: Int, _ shard: Shard) {
    prefix?.arrange(source, order, first: first, steps: steps, shard)
    for row in 0..<shard.rows {
      let position = shard.firstRow + row
      let from = order[first + (prefix?.row(at: position) ?? position)] * steps
      for step in 0..<steps { ids[offset(shard, step) + row] = source[from + step] }
    }
  }
}
