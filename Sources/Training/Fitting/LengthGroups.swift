// Batches of rows of about the same length: padding takes time, and most of it is avoided where the rows of a batch end
// at about the same step. Rows are shuffled, sorted by length within pools of some batches, and the batches shuffled.

import RandomNumbers

/// The lengths of a data set's rows.
struct LengthGroups {
  /// The number of batches in a pool.
  private static let pool = 32

  /// For each row a number that orders rows by the length of the last input, then by the others'.
  private let keys: [Int]
  private let batchSize: Int

  /// Nil if no input is token ids.
  init?(_ data: DataSet, batchSize: Int) {
    var keys: [Int]?
    for case .tokens(let ids) in data.inputs.reversed() where data.rows > 0 {
      let steps = ids.count / data.rows
      let lengths = (0..<data.rows).map { row in ids[row * steps..<(row + 1) * steps].count { $0 != 0 } }
      keys = keys.map { zip($0, lengths).map { $0 * (steps + 1) + $1 } } ?? lengths
    }
    guard let keys else { return nil }
    (self.keys, self.batchSize) = (keys, batchSize)
  }

  /// The rows of `order`, arranged in batches.
  func arrange(_ order: [Int], _ random: inout RandomStream) -> [Int] {
    let size = Self.pool * batchSize
    return stride(from: 0, to: order.count, by: size).flatMap { start -> [Int] in
      arrange(pool: order[start..<min(start + size, order.count)], &random)
    }
  }

  private func arrange(pool: ArraySlice<Int>, _ random: inout RandomStream) -> [Int] {
    let sorted = pool.enumerated().sorted { (keys[$0.element], $0.offset) < (keys[$1.element], $1.offset) }
      .map(\.element)
    let whole = sorted.count / batchSize
    // What is not a whole batch stays at the end.
    let batches = random.permutation(whole).flatMap { sorted[$0 * batchSize..<($0 + 1) * batchSize] }
    return batches + sorted[(whole * batchSize)...]
  }
}
