// Which steps of which rows count. Embedding(mask_zero) and Masking make a mask; it travels with the values,
// like Keras's compute_mask, to the recurrent layers, which skip masked steps, to pooling, and
// to the loss and the metrics, which exclude masked steps.
//
// Layout: shard by shard, step by step, row by row, like values. For each shard and step the mask also
// knows whether all, some or none of the rows count, so that a step without masked rows costs nothing more
// and a step that is all masked costs next to nothing.

import Kernels

/// The mask of a batch.
public final class Mask {
  /// How many rows of a step count.
  enum Extent: UInt8 {
    case none, some, all
  }

  /// Time steps.
  public let steps: Int
  private let valid: Buffer<UInt8>
  private let extents: Buffer<UInt8>
  private let counts: Buffer<Int>

  /// A mask of batches of up to `rows` rows.
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

  /// How many of a shard's rows count at `step`.
  func extent(_ shard: Shard, _ step: Int) -> Extent {
    Extent(rawValue: extents[shard.index * steps + step]) ?? .some
  }

  /// How many steps count in the whole batch, once the masks of its shards have been computed.
  public func count(_ plan: ShardPlan) -> Int {
    (0..<plan.count).reduce(0) { $0 + counts[$1] }
  }

  /// Computes a shard's mask: `fill` sets each step's rows.
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
