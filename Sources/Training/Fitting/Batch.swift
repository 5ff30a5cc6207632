// A batch of rows of a data set, and the pass that it is used in.

import Networks

/// A batch: rows `order[first...]` of the data.
struct Batch: Sendable {
  let data: DataSet
  /// The rows of the data in the order in which they are used.
  let order: [Int]
  /// The index in `order` of the batch's first row.
  let first: Int
  let pass: Pass

  /// Whether the data has targets.
  var hasTargets: Bool { !data.targets.isEmpty }
}
