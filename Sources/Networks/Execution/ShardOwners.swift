// Which of several processes works on which shards of a batch. Each has the shards of one subtree of the tree in which
// shards are summed (Kernels/ShardSums.swift), so that it can sum its own before it sends them, and the sum of all is the
// same, bit for bit, for any number of processes.

/// The processes among which shards are divided.
public struct ShardOwners: Equatable, Sendable {
  /// This process, from 0.
  public let rank: Int
  /// The number of processes.
  public let count: Int

  /// One process that has all shards.
  public static let alone = ShardOwners(rank: 0, count: 1)

  /// - Parameter count: the number of processes, at most `ShardPlan.most`.
  public init(rank: Int, count: Int) {
    precondition((0..<count).contains(rank) && count <= ShardPlan.most, "no such process")
    (self.rank, self.count) = (rank, count)
  }

  /// The shards of this process; empty if there are fewer than processes.
  public func own(of shards: Int) -> Range<Int> {
    count == 1 ? 0..<shards : ShardDivision(of: shards, among: count).parts[rank]
  }
}

/// Which shards each process has.
public struct ShardDivision: Equatable, Sendable {
  /// The shards of each process, in ascending order; those of the last processes are empty if there are fewer shards.
  public let parts: [Range<Int>]
  private let shards: Int

  /// As long as there are more processes, the first of the largest subtrees is halved.
  public init(of shards: Int, among processes: Int) {
    self.shards = shards
    var parts = [0..<shards]
    while parts.count < processes, let largest = parts.map(\.count).max(), largest > 1,
      let position = parts.firstIndex(where: { $0.count == largest })
    {
      let part = parts[position]
      let middle = part.lowerBound + Self.half(part.count)
      parts.replaceSubrange(
        position...position, with: [part.lowerBound..<middle, middle..<part.upperBound])
    }
    self.parts = parts + Array(repeating: shards..<shards, count: processes - parts.count)
  }

  private init(parts: [Range<Int>], shards: Int) { (self.parts, self.shards) = (parts, shards) }

  /// The same division of the first `count` shards, which are all of another tree.
  func first(_ count: Int) -> ShardDivision {
    ShardDivision(parts: parts.map { $0.clamped(to: 0..<count) }, shards: count)
  }

  /// The number of processes that have shards, which are the first ones.
  var owners: Int { parts.count { !$0.isEmpty } }

  /// In what order the sums of the processes are added to one another: each step adds the sum of process `from` to that
  /// of process `to`; the result is that of process 0.
  public var merges: [(from: Int, to: Int)] {
    var steps: [(from: Int, to: Int)] = []
    func merge(_ range: Range<Int>) -> Int {
      let first = parts.firstIndex { $0.lowerBound == range.lowerBound && !$0.isEmpty } ?? 0
      if parts[first] == range || range.count == 1 { return first }
      let middle = range.lowerBound + Self.half(range.count)
      let (left, right) = (merge(range.lowerBound..<middle), merge(middle..<range.upperBound))
      steps.append((from: right, to: left))
      return left
    }
    _ = merge(0..<shards)
    return steps
  }

  /// How many of `count` shards are in the first half of their subtree: the largest power of two below `count`.
  private static func half(_ count: Int) -> Int {
    var half = 1
    while half * 2 < count { half *= 2 }
    return half
  }
}
