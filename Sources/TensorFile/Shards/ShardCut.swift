// Some consecutive rows of a sequence of chunks.

/// Cuts the rows of a shard out of all rows, which are passed to it in order.
public struct ShardCut {
  private let range: Range<Int>
  private var position = 0
  private var isFirst = true

  /// Keeps the rows whose numbers are in `range`.
  public init(_ range: Range<Int>) { self.range = range }

  /// Whether all rows of the shard were returned.
  public var isDone: Bool { !isFirst && position >= range.upperBound }

  /// The rows of `chunk` that belong to the shard; nil if there are none. Of the first chunk at least its columns are
  /// returned, without rows, so that a shard without rows has the columns of the others.
  public mutating func cut(_ chunk: Chunk) -> Chunk? {
    defer { (position, isFirst) = (position + chunk.rows, false) }
    let own = range.clamped(to: position..<position + chunk.rows)
    if own.isEmpty { return isFirst ? chunk.slice(0..<0) : nil }
    return own.count == chunk.rows
      ? chunk : chunk.slice(own.lowerBound - position..<own.upperBound - position)
  }
}
