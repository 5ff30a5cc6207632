// One of several contiguous parts of an input, each of which is prepared by a process of its own.

/// Shard `index` of `count`, counted from 1, as in `--shard 2/4`.
public struct Shard: Sendable, Equatable, CustomStringConvertible {
  /// The maximum number of shards.
  public static let mostShards = 1_000_000
  /// Its number, from 1 to `count`.
  public let index: Int
  /// The number of shards.
  public let count: Int

  /// Nil unless 1 <= index <= count <= `mostShards`.
  public init?(index: Int, of count: Int) {
    guard count <= Self.mostShards, index >= 1, index <= count else { return nil }
    (self.index, self.count) = (index, count)
  }

  /// A shard as it is written on the command line, `2/4`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let index = Int(parts[0]), let count = Int(parts[1])
    else { return nil }
    self.init(index: index, of: count)
  }

  /// What is in this shard of `total` things: the shards follow one another without a gap, and their sizes differ by one
  /// at the most.
  public func range(of total: Int) -> Range<Int> { border(index - 1, total)..<border(index, total) }

  /// total * index / count, without overflow.
  private func border(_ index: Int, _ total: Int) -> Int {
    total / count * index + total % count * index / count
  }

  /// `2/4`.
  public var description: String { "\(index)/\(count)" }
}
