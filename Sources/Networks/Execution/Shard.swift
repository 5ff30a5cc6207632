// The division of a batch among threads: into shards of rows, depending only on the number of rows. A shard runs all
// layers forward and backward independently and sums its own weight gradients, so the result is the same, bit for
// bit, for any number of threads.

/// Some rows of a batch, processed by one thread at a time.
public struct Shard {
  /// The shard's number in the batch.
  public let index: Int
  /// The first row.
  public let firstRow: Int
  /// The number of rows.
  public let rows: Int
  /// The index of the first row's state among the states carried by stateful layers.
  let stateRow: Int
  /// The thread that processes it, which determines only the scratch memory.
  public var worker = 0
  /// The number of active rows, which come first; the other rows still share the state of the last active one.
  var active: Int

  init(index: Int, firstRow: Int, rows: Int, stateRow: Int, worker: Int) {
    self.index = index
    self.firstRow = firstRow
    self.rows = rows
    self.stateRow = stateRow
    self.worker = worker
    active = rows
  }

  /// The number of rows in this many consecutive steps, counting only the active ones in the last step.
  func rows(of steps: Int) -> Int { max(0, steps - 1) * rows + (steps > 0 ? active : 0) }

  /// The channels of the shard's rows as rows, channel by channel of each row.
  func ofChannels(_ channels: Int) -> Shard {
    guard channels > 1 else { return self }
    var result = Shard(
      index: index, firstRow: firstRow * channels, rows: rows * channels, stateRow: stateRow * channels,
      worker: worker)
    result.active = active * channels
    return result
  }

  /// The shard with its first `active` rows active.
  func with(active: Int) -> Shard {
    var result = self
    result.active = active
    return result
  }
}

/// The division of a batch into at most eight shards, or into one where its rows depend on each other.
public struct ShardPlan: Equatable, Sendable {
  /// The maximum number of shards in a batch.
  public static let most = 8

  /// The number of rows in the batch.
  public let rows: Int
  /// The number of rows in each shard but the last.
  public let rowsPerShard: Int
  /// The number of shards.
  public let count: Int
  /// The index of the first row's state among the states carried by stateful layers.
  public let stateRow: Int

  /// Shards are multiples of eight rows, the height of a product's tile.
  ///
  /// - Parameter isWhole: whether the batch is one shard.
  public init(rows: Int, stateRow: Int = 0, isWhole: Bool = false) {
    self.rows = rows
    self.stateRow = stateRow
    let even = isWhole ? rows : (rows + Self.most - 1) / Self.most
    rowsPerShard = max(8, (even + 7) / 8 * 8)
    count = (rows + rowsPerShard - 1) / rowsPerShard
  }

  /// A division into at most `most` shards, for work within a batch that has as many.
  init(rows: Int, most: Int) {
    (self.rows, stateRow) = (rows, 0)
    rowsPerShard = max(8, Self.roundedRows((rows + most - 1) / max(1, most)))
    count = (rows + rowsPerShard - 1) / rowsPerShard
  }

  /// The number of rows as a multiple of a product's tile.
  static func roundedRows(_ rows: Int) -> Int { (rows + 7) / 8 * 8 }

  /// Shard number `index`.
  public func shard(_ index: Int, worker: Int) -> Shard {
    let first = index * rowsPerShard
    return Shard(
      index: index, firstRow: first, rows: min(rowsPerShard, rows - first), stateRow: stateRow + first,
      worker: worker)
  }
}

/// A pass of a batch through the network.
public struct Pass: Sendable {
  /// Whether dropout is applied.
  public var isTraining: Bool
  /// Whether a backward pass follows, as in training; without dropout when gradients are only inspected.
  public var hasBackward: Bool
  /// The run's seed.
  public var seed: UInt64
  /// The optimizer step, from 0; with the seed, it determines all dropout masks.
  public var step: Int

  /// The seed and the step are used only in training, for dropout masks; a backward pass follows in training unless
  /// specified otherwise.
  public init(isTraining: Bool, hasBackward: Bool? = nil, seed: UInt64 = 0, step: Int = 0) {
    self.isTraining = isTraining
    self.hasBackward = hasBackward ?? isTraining
    self.seed = seed
    self.step = step
  }
}
