// The contents of a stream: chunks of rows in named columns.

import Tensor

/// Some rows of a stream: columns with the same number of rows.
public struct Chunk: Sendable, Equatable {
  /// The columns by name.
  public let columns: [String: Column]
  /// The number of rows.
  public let rows: Int

  /// Traps if columns have different numbers of rows (a programming error).
  public init(_ columns: [String: Column], rows: Int) {
    precondition(columns.values.allSatisfy { $0.rows == rows }, "columns of different row counts")
    self.columns = columns
    self.rows = rows
  }

  /// A chunk of dense columns, which determine the number of rows.
  public init(_ tensors: [String: Tensor]) {
    self.init(tensors.mapValues(Column.dense), rows: tensors.values.first?.rows ?? 0)
  }
}

extension Chunk {
  /// The concatenated rows of all `chunks`; nil if there are none or their columns differ.
  public static func joined(_ chunks: [Chunk]) -> Chunk? {
    guard let first = chunks.first else { return nil }
    if chunks.count == 1 { return first }
    var columns: [String: Column] = [:]
    for name in first.columns.keys {
      guard let column = Column.joined(chunks.compactMap { $0.columns[name] }) else { return nil }
      columns[name] = column
    }
    let rows = chunks.reduce(0) { $0 + $1.rows }
    guard columns.values.allSatisfy({ $0.rows == rows }) else { return nil }
    return Chunk(columns, rows: rows)
  }

  /// The rows at `indices`, in their order.
  public func gather(_ indices: [Int]) -> Chunk {
    Chunk(columns.mapValues { $0.gather(indices) }, rows: indices.count)
  }

  /// The rows in `range`.
  public func slice(_ range: Range<Int>) -> Chunk {
    Chunk(columns.mapValues { $0.slice(range) }, rows: range.count)
  }
}
