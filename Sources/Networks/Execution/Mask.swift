// Which steps of which rows count. Embedding(mask_zero) and Masking make a mask; it goes on with the values,
// as Keras's compute_mask hands it on, to the recurrent layers, which pass over masked steps, to pooling, and
// to the loss and the metrics, which leave masked steps out.
//
// Layout: shard by shard, step by step, row by row, as values lie. For each shard and step the mask also
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

  /// Places that count in the whole batch; its shards have been made.
  public func count(_ plan: ShardPlan) -> Int {
    (0..<plan.count).reduce(0) { $0 + counts[$1] }
  }

  /// Makes a shard's mask: `fill` sets each step's rows.
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
