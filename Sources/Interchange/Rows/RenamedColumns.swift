// Rows whose columns have other names than in their source.

import Failures
import Sequences
import TensorFile

/// Other rows, with columns renamed.
public struct RenamedColumns: RowSource {
  private let base: any RowSource
  private let names: [String: String]
  /// The header of the underlying rows, with the new names of lists.
  public let header: StreamHeader
  /// The columns under their new names.
  public let schema: [String: ColumnSchema]

  /// - Parameter pairs: old and new names.
  /// - Throws: `Failure` (usage) if an old name is not that of a column, or two columns would have the same name.
  public init(_ base: any RowSource, _ pairs: [(old: String, new: String)]) throws {
    for (old, _) in pairs where base.schema[old] == nil { throw missingColumn(old, of: base.schema) }
    self.base = base
    header = try Self.header(base.header, pairs)
    names = Dictionary(pairs.map { ($0.old, $0.new) }) { $1 }
    var schema: [String: ColumnSchema] = [:]
    for (name, column) in base.schema {
      guard schema.updateValue(column, forKey: names[name] ?? name) == nil else {
        throw Failure.usage("two columns would be called \(names[name] ?? name)", at: "--rename")
      }
    }
    self.schema = schema
  }

  private static func header(
    _ old: StreamHeader, _ pairs: [(old: String, new: String)]
  ) throws -> StreamHeader {
    let lists = try ListColumns(header: old).names
    let renamed = lists.map { name in pairs.last { $0.old == name }?.new ?? name }
    var header = old
    ListColumns(Set(renamed)).write(into: &header)
    return header
  }

  /// The chunks of the underlying rows.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    try base.chunks { chunk in
      let columns = chunk.columns.map { (names[$0.key] ?? $0.key, $0.value) }
      try body(Chunk(Dictionary(columns) { $1 }, rows: chunk.rows))
    }
  }
}
