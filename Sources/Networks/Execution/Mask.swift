// Which steps of which rows are unmasked. A mask is created by Embedding(mask_zero) and Masking and passed on with
// the values, like Keras's compute_mask, to recurrent layers, which skip masked steps, to pooling, and to the loss
// and the metrics, which exclude masked steps.
//
// Layout: shard by shard, step by step, row by row, like values. For each shard and step, the mask also stores
// whether all, some or none of the rows are unmasked, so that a step without masked rows has no additional cost and a
// fully masked step has almost none.

import Kernels

/// The mask of a batch.
public final class Mask {
  /// How many rows of a step are unmasked.
  enum Extent: UInt8 {
    case none, some, all
  }

  /// Time steps.
  public let steps: Int
  private let valid: Buffer<UInt8>
  private let extents: Buffer<UInt8>
  private let counts: Buffer<Int>

  /// A mask for batches of up to `rows` rows.
  init(rows: Int, steps: Int) {
    self.steps = steps
    valid = Buffer(count: rows * steps, zero: 1)
    extents = Buffer(count: ShardPlan.most * steps, zero: Extent.all.rawValue)
    counts = Buffer(count: ShardPlan.most, zero: 0)
  }

  /// The rows of a shard at `step`.
  func rows(_ shard: Shard, _ step: Int) -> RowMask {
    valid.mask(at: shard.firstRow * steps + step * shard.rows, rows: shard.rows)
  }

  /// All rows of a shard, step by step.
  public func rows(_ shard: Shard) -> RowMask {
    valid.mask(at: shard.firstRow * steps, rows: steps * shard.rows)
  }

  /// How many of a shard's rows are unmasked at `step`.
  func extent(_ shard: Shard, _ step: Int) -> Extent {
    Extent(rawValue: extents[shard.index * steps + step]) ?? .some
  }

  /// The step after the last one with an unmasked row of a shard.
  func end(_ shard: Shard) -> Int {
    var end = steps
    while end > 0, extent(shard, end - 1) == .none { end -= 1 }
    return end
  }

  /// The number of unmasked steps in the whole batch, once the masks of its shards have been computed.
  public func count(_ plan: ShardPlan) -> Int {
    (0..<plan.count).reduce(0) { $0 + counts[$1] }
  }

  /// Computes a shard's mask: `fill` sets the rows of each step.
  func make(_ shard: Shard, _ fill: (_ step: Int, _ rows: RowMask) -> Void) {
    var total = 0
    for step in 0..<steps {
      let rows = rows(shard, step)
      fill(step, rows)
      let count = rows.count
      let extent: Extent = count == 0 ? .none : count == shard.rows ? .all : .some
      extents[shard.index * steps + step] = extent.rawValue
      total += count
    }
    counts[shard.index] = total
  }
}
