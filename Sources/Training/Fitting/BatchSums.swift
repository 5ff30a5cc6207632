// What a batch adds to the totals, apart from them: so that a batch can run in one process and be counted in another, which
// adds all batches in their order and has the same totals, bit for bit, as if it had run them.

import Networks

/// The sums of the shards of a batch.
public struct BatchSums: Sendable, Equatable {
  /// The number of rows in the batch.
  public let rows: Int
  /// The sums of each shard for the losses, the metrics and the penalties, shards in ascending order.
  public let values: [Double]

  /// - Parameter values: those of `BatchRunner.batchSums`.
  public init(rows: Int, values: [Double]) { (self.rows, self.values) = (rows, values) }
}

extension BatchRunner {
  /// The sums of the batch that has run last, which had targets.
  public var batchSums: BatchSums {
    let plan = network.plan
    return BatchSums(
      rows: plan.rows,
      values: (0..<plan.count).flatMap { index in
        shardTables.flatMap { $0.values(of: plan.shard(index, worker: 0)) }
      })
  }

  /// Adds a batch that the same network, with the same weights, has run elsewhere.
  public func add(_ batch: BatchSums, to totals: inout RunningTotals) {
    prepareOnce(Pass(isTraining: false))
    network.begin(rows: batch.rows)
    var rest = batch.values[...]
    for index in 0..<network.plan.count {
      let shard = network.plan.shard(index, worker: 0)
      for table in shardTables {
        let count = table.values(of: shard).count
        table.take(rest.prefix(count), of: shard)
        rest = rest.dropFirst(count)
      }
    }
    add(to: &totals)
  }

  private var shardTables: [any ShardValues] { heads + network.shardValues }
}
