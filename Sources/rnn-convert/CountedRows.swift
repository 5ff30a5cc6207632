// Rows that are counted while they are read.

import Interchange
import TensorFile

/// Other rows, and their number in the last pass.
final class CountedRows: RowSource {
  private let base: any RowSource
  /// The number of rows in the last pass.
  private(set) var rows = 0
  var header: StreamHeader { base.header }
  var schema: [String: ColumnSchema] { base.schema }

  init(_ base: any RowSource) { self.base = base }

  func chunks(_ body: (Chunk) throws -> Void) throws {
    rows = 0
    try base.chunks { chunk in
      rows += chunk.rows
      try body(chunk)
    }
  }
}
