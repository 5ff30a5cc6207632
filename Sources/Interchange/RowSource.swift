// Where rows come from, whatever the format: columns in chunks, a header beside them.

import TensorFile

/// Rows that can be gone through, by most sources more than once.
public protocol RowSource {
  /// What belongs to all rows.
  var header: StreamHeader { get }
  /// The columns' form.
  var schema: [String: ColumnSchema] { get }
  /// Calls `body` with all rows in order, some at a time; at least once, also where there is no row.
  func chunks(_ body: (Chunk) throws -> Void) throws
}

extension RereadableStream: RowSource {}

/// The rows of a stream that are gone through once, as they arrive.
public struct PassingRows: RowSource {
  private let reader: TensorReader
  public var header: StreamHeader { reader.header }
  public var schema: [String: ColumnSchema] { reader.schema }

  public init(_ reader: TensorReader) { self.reader = reader }

  public func chunks(_ body: (Chunk) throws -> Void) throws {
    while let chunk = try reader.next() { try body(chunk) }
  }
}

/// Some columns of other rows.
public struct ChosenColumns: RowSource {
  private let base: any RowSource
  private let names: Set<String>
  public var header: StreamHeader { base.header }
  public var schema: [String: ColumnSchema] { base.schema.filter { names.contains($0.key) } }

  /// - Throws: a failure where a name is none of the columns'.
  public init(_ base: any RowSource, names: [String]) throws {
    for name in names where base.schema[name] == nil { throw missingColumn(name, of: base.schema) }
    self.base = base
    self.names = Set(names)
  }

  public func chunks(_ body: (Chunk) throws -> Void) throws {
    try base.chunks { chunk in
      try body(Chunk(chunk.columns.filter { names.contains($0.key) }, rows: chunk.rows))
    }
  }
}
