// A source of rows in any format: columns in chunks, and a header.

import TensorFile

/// Rows that can be read, in most cases more than once.
public protocol RowSource {
  /// The metadata and side tensors.
  var header: StreamHeader { get }
  /// The columns' schemas.
  var schema: [String: ColumnSchema] { get }
  /// Calls `body` with all rows in order, some at a time; at least once, even if there are no rows.
  func chunks(_ body: (Chunk) throws -> Void) throws
}

extension RereadableStream: RowSource {}

/// The rows of a stream, which are read once, as they arrive.
public struct PassingRows: RowSource {
  private let reader: TensorReader
  /// The stream's header.
  public var header: StreamHeader { reader.header }
  /// The columns of the stream's first chunk.
  public var schema: [String: ColumnSchema] { reader.schema }

  /// The rows that `reader` has not returned yet.
  public init(_ reader: TensorReader) { self.reader = reader }

  /// Passes on the stream's chunks as they arrive; a second call finds none.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    while let chunk = try reader.next() { try body(chunk) }
  }
}

/// Some columns of other rows.
public struct ChosenColumns: RowSource {
  private let base: any RowSource
  private let names: Set<String>
  /// The header of the underlying rows.
  public var header: StreamHeader { base.header }
  /// The chosen columns.
  public var schema: [String: ColumnSchema] { base.schema.filter { names.contains($0.key) } }

  /// - Throws: a failure if there is no column with one of the names.
  public init(_ base: any RowSource, names: [String]) throws {
    for name in names where base.schema[name] == nil { throw missingColumn(name, of: base.schema) }
    self.base = base
    self.names = Set(names)
  }

  /// The chunks of the underlying rows, without the other columns.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    try base.chunks { chunk in
      try body(Chunk(chunk.columns.filter { names.contains($0.key) }, rows: chunk.rows))
    }
  }
}

/// The number of rows of `width` elements that are processed together: about a quarter of a million elements.
func rowsAtOnce(_ width: Int) -> Int { max(1, (1 << 18) / max(1, width)) }
