// How a batch is cut for the threads: into shards of rows, by the number of rows alone. A shard runs all
// layers forward and backward by itself and sums weight gradients of its own, so the result is the same
// bit for bit whatever number of threads takes the shards.

/// Some rows of a batch, worked on by one thread at a time.
public struct Shard {
  /// The shard's number in the batch.
  public let index: Int
  /// Its first row.
  public let firstRow: Int
  /// How many rows it has.
  public let rows: Int
  /// Where the state of its first row stands among those that stateful layers carry.
  let stateRow: Int
  /// The thread that works on it, which chooses scratch memory and nothing else.
  public var worker = 0
  /// How many rows, the first ones, are at work; the others still share the state of the last of them.
  var active: Int

  init(index: Int, firstRow: Int, rows: Int, stateRow: Int, worker: Int) {
    self.index = index
    self.firstRow = firstRow
    self.rows = rows
    self.stateRow = stateRow
    self.worker = worker
    active = rows
  }

  /// The rows of so many steps, one step behind the other: of the last step those at work alone.
  func rows(of steps: Int) -> Int { max(0, steps - 1) * rows + (steps > 0 ? active : 0) }

  /// The shard with its first `active` rows at work.
  func with(active: Int) -> Shard {
    var result = self
    result.active = active
    return result
  }
}

/// The cut of a batch into at most eight shards.
public struct ShardPlan: Equatable, Sendable {
  /// The most shards a batch is cut into.
  public static let most = 8

  /// Rows of the batch.
  public let rows: Int
  /// Rows of each shard but the last.
  public let rowsPerShard: Int
  /// How many shards there are.
  public let count: Int
  /// Where the state of the batch's first row stands among those that stateful layers carry.
  public let stateRow: Int

  /// Shards are multiples of eight rows, the height of a product's tile.
  public init(rows: Int, stateRow: Int = 0) {
    self.rows = rows
    self.stateRow = stateRow
    let even = (rows + Self.most - 1) / Self.most
    rowsPerShard = max(8, (even + 7) / 8 * 8)
    count = (rows + rowsPerShard - 1) / rowsPerShard
  }

  /// Shard number `index`.
  public func shard(_ index: Int, worker: Int) -> Shard {
    let first = index * rowsPerShard
    return Shard(
      index: index, firstRow: first, rows: min(rowsPerShard, rows - first), stateRow: stateRow + first,
      worker: worker)
  }
}

/// One pass of a batch through the network.
public struct Pass: Sendable {
  /// Whether dropout is applied.
  public var isTraining: Bool
  /// Whether a backward pass follows, as in training; without dropout where gradients are only looked at.
  public var hasBackward: Bool
  /// The run's seed.
  public var seed: UInt64
  /// The optimizer step, from 0: with the seed it fixes every dropout mask.
  public var step: Int

  /// Seed and step count in training alone, where dropout masks come from them; a backward pass follows in
  /// training unless told otherwise.
  public init(isTraining: Bool, hasBackward: Bool? = nil, seed: UInt64 = 0, step: Int = 0) {
    self.isTraining = isTraining
    self.hasBackward = hasBackward ?? isTraining
    self.seed = seed
    self.step = step
  }
}
