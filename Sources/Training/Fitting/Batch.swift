// Some rows of a data set on their way through the network.

import Networks

/// A batch: rows `order[first...]` of the data.
struct Batch: Sendable {
  let data: DataSet
  /// The rows of the data in the order in which batches take them.
  let order: [Int]
  /// The place in `order` of the batch's first row.
  let first: Int
  let pass: Pass

  /// Whether there is something to compare outputs with.
  var hasTargets: Bool { !data.targets.isEmpty }
}
