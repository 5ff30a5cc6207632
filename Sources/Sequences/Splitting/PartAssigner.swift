// Assigns each row to a part: train (0), validation (1) or test (2). Rows keep their order, and the part of a
// row depends on the seed, the row's number and the number of rows alone, not on chunks or threads.
//
// Exact counts without a permutation: in row order, each row is assigned to a part with the probability
// (rows left in the part) / (rows left). This is selection sampling (Knuth, The Art of Computer Programming,
// vol. 2, 3.4.2, Algorithm S): every assignment with these counts is equally likely, in constant memory.

import RandomNumbers

/// Assigns rows to parts, in row order.
public struct PartAssigner: Sendable {
  /// The rows left in each part, per class (without classes, all rows are one class); nil if the split is
  /// chronological.
  private var left: [[Int]]?
  /// The end of each part, exclusive.
  private let ends: [Int]
  private var random: RandomStream
  private var row = 0

  /// A random or chronological assignment of `counts` (train, validation, test) rows.
  public init(_ partition: Partition, counts: [Int], seed: UInt64) {
    random = RandomStream(seed: seed, stream: Self.stream)
    ends = [counts[0], counts[0] + counts[1], counts[0] + counts[1] + counts[2]]
    if case .chronological = partition { left = nil } else { left = [counts] }
  }

  /// A stratified assignment: `shares[c]` holds the number of rows of class `c` in each part.
  public init(shares: [[Int]], seed: UInt64) {
    random = RandomStream(seed: seed, stream: Self.stream)
    ends = []
    left = shares
  }

  /// The random stream for splits ("split" in ASCII), independent of other streams.
  private static let stream: UInt64 = 0x73_706C_6974

  /// The part of the next row; nil if it is dropped. `label` is its class (0 without classes).
  public mutating func next(label: Int = 0) -> UInt8? {
    defer { row += 1 }
    guard let left else { return ends.firstIndex { row < $0 }.map(UInt8.init) }
    let rest = left[label][0] + left[label][1] + left[label][2]
    guard rest > 0 else { return nil }
    let draw = random.index(below: rest)
    let part = draw < left[label][0] ? 0 : draw < left[label][0] + left[label][1] ? 1 : 2
    self.left?[label][part] -= 1
    return UInt8(part)
  }
}
