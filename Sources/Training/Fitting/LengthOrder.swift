// Rows ordered by their length without padding, which takes time only where rows of other lengths are beside them: steps
// that all rows of a shard mask are skipped, and padding after the last step of all rows of a shard is not computed.
//
// Within the batches, which doesn't change what a step learns; or across batches, so that those of a batch have about the
// same length: then rows are sorted within pools of some batches, and the batches shuffled.

import Networks
import RandomNumbers

/// Orders a data set's rows by length.
struct LengthOrder {
  /// Where rows are ordered.
  enum Scope { case withinBatches, acrossBatches }

  /// The number of batches in a pool.
  private static let pool = 32

  private let scope: Scope
  /// For each row a number that orders rows by the length of the last input with a token per step, then by the others'.
  private let keys: [Int]
  private let batchSize: Int

  /// Nil if no input has a token per step.
  /// - Parameter shapes: the shapes of the inputs.
  /// - Throws: `Failure` (io) if rows in a file can't be read.
  init?(_ rows: RowSet, _ shapes: [ValueShape], _ scope: Scope, batchSize: Int) throws {
    guard shapes.contains(where: { if case .tokens = $0 { true } else { false } }), rows.rows > 0 else {
      return nil
    }
    var keys: [Int] = []
    keys.reserveCapacity(rows.rows)
    try rows.forEachBlock { data, _ in keys += Self.keys(data, shapes) }
    (self.scope, self.keys, self.batchSize) = (scope, keys, batchSize)
  }

  private static func keys(_ data: DataSet, _ shapes: [ValueShape]) -> [Int] {
    var keys: [Int]?
    for case (.tokens(let ids), .tokens(let steps)) in zip(data.inputs, shapes).reversed() {
      let lengths = (0..<data.rows).map { row in ids[row * steps..<(row + 1) * steps].count { $0 != 0 } }
      keys = keys.map { zip($0, lengths).map { $0 * (steps + 1) + $1 } } ?? lengths
    }
    return keys ?? []
  }

  /// The rows of a shuffled `order`, in batches.
  func arrange(_ order: [Int], _ random: inout RandomStream) -> [Int] {
    let size = scope == .acrossBatches ? Self.pool * batchSize : batchSize
    return stride(from: 0, to: order.count, by: size).flatMap { start in
      let part = order[start..<min(start + size, order.count)]
      return scope == .acrossBatches ? shuffledBatches(sorted(part), &random) : sorted(part).reversed()
    }
  }

  private func sorted(_ rows: ArraySlice<Int>) -> [Int] {
    rows.enumerated().sorted { (keys[$0.element], $0.offset) < (keys[$1.element], $1.offset) }.map(\.element)
  }

  /// The whole batches of a pool in random order; what is not a whole batch stays at the end.
  private func shuffledBatches(_ rows: [Int], _ random: inout RandomStream) -> [Int] {
    let whole = rows.count / batchSize
    return random.permutation(whole).flatMap { rows[$0 * batchSize..<($0 + 1) * batchSize] }
      + rows[(whole * batchSize)...]
  }
}
