// How a batch is divided among threads: into shards of rows, depending on the number of rows alone. A shard runs all
// layers forward and backward by itself and sums its own weight gradients, so the result is the same
// bit for bit whatever the number of threads.

/// Some rows of a batch, worked on by one thread at a time.
public struct Shard {
  /// The shard's number in the batch.
  public let index: Int
  /// Its first row.
  public let firstRow: Int
  /// How many rows it has.
  public let rows: Int
  /// The index of its first row's state among those that stateful layers carry.
  let stateRow: Int
  /// The thread that works on it, which only determines the scratch memory.
  public var worker = 0
  /// How many rows, the first ones, are active; the others still share the state of the last of them.
  var active: Int

  init(index: Int, firstRow: Int, rows: Int, stateRow: Int, worker: Int) {
    self.index = index
    self.firstRow = firstRow
    self.rows = rows
    self.stateRow = stateRow
    self.worker = worker
    active = rows
  }

  /// The rows of that many consecutive steps: of the last step only the active ones.
  func rows(of steps: Int) -> Int { max(0, steps - 1) * rows + (steps > 0 ? active : 0) }

  /// The shard with its first `active` rows active.
  func with(active: Int) -> Shard {
    var result = self
    result.active = active
    return result
  }
}

/// The division of a batch into at most eight shards.
public struct ShardPlan: Equatable, Sendable {
  /// The most shards of a batch.
  public static let most = 8

  /// Rows of the batch.
  public let rows: Int
  /// Rows of each shard but the last.
  public let rowsPerShard: Int
  /// How many shards there are.
  public let count: Int
  /// The index of the first row's state among those that stateful layers carry.
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
  /// Whether a backward pass follows, as in training; without dropout if gradients are only inspected.
  public var hasBackward: Bool
  /// The run's seed.
  public var seed: UInt64
  /// The optimizer step, from 0: with the seed it fixes every dropout mask.
  public var step: Int

  /// Seed and step count in training alone, if dropout masks come from them; a backward pass follows in
  /// training unless specified otherwise.
  public init(isTraining: Bool, hasBackward: Bool? = nil, seed: UInt64 = 0, step: Int = 0) {
    self.isTraining = isTraining
    self.hasBackward = hasBackward ?? isTraining
    self.seed = seed
    self.step = step
  }
}
