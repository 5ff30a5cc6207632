// A shard of rows that can be read more than once.

import TensorFile

/// Some consecutive rows of other rows.
public struct ShardRows: RowSource {
  private let base: any RowSource
  private let range: Range<Int>
  /// The header of the underlying rows.
  public var header: StreamHeader { base.header }
  /// The columns of the underlying rows.
  public var schema: [String: ColumnSchema] { base.schema }

  /// The rows of `base` whose numbers are in `range`.
  public init(_ base: any RowSource, _ range: Range<Int>) { (self.base, self.range) = (base, range) }

  /// The chunks of the underlying rows, as far as they are in the range; without rows if none is.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    var cut = ShardCut(range)
    try base.chunks { chunk in if let own = cut.cut(chunk) { try body(own) } }
  }
}

/// The rows of a shard of a stream, which are read once.
public struct ShardStreamRows: RowSource {
  private let reader: ShardReader
  /// The stream's header.
  public var header: StreamHeader { reader.header }
  /// The columns of the stream.
  public var schema: [String: ColumnSchema] { reader.schema }

  /// The rows that `reader` has not returned yet.
  public init(_ reader: ShardReader) { self.reader = reader }

  /// Passes on the chunks as they are read; a second call finds none.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    while let chunk = try reader.next() { try body(chunk) }
  }
}
