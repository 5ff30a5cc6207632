// Collecting rows into chunks. Where a chunk ends depends only on the sizes of its rows, not on how they were passed,
// so that the same data has the same chunks.

import Tensor

/// Some rows of a chunk.
struct RowPiece {
  let chunk: Chunk
  let rows: Range<Int>
  /// The range of these rows' values in each ragged column.
  let values: [String: Range<Int>]
}

/// Collects rows until a chunk is full.
struct RowAccumulator {
  /// A chunk is full when it reaches this many bytes.
  let limit: Int
  private(set) var pieces: [RowPiece] = []
  private(set) var rows = 0
  private var bytes = 0

  init(limit: Int) { self.limit = limit }

  /// Adds a chunk's rows and calls `close` with the pieces of each chunk that becomes full.
  mutating func add(_ chunk: Chunk, _ close: ([RowPiece]) throws -> Void) throws {
    var cursor = RowCursor(chunk)
    while let piece = cursor.next(limit - bytes) {
      pieces.append(piece.rows)
      rows += piece.rows.rows.count
      bytes += piece.bytes
      if bytes >= limit { try close(drain()) }
    }
  }

  /// The pieces collected since the last chunk.
  mutating func drain() -> [RowPiece] {
    defer { (pieces, rows, bytes) = ([], 0, 0) }
    return pieces
  }
}

/// A position in a chunk that advances over its rows.
private struct RowCursor {
  private let chunk: Chunk
  /// The size of a row's dense columns in bytes; at least one, so that empty rows also fill a chunk.
  private let denseBytes: Int
  private let ragged: [(name: String, lengths: [Int32], elementBytes: Int)]
  private var row = 0
  /// The offset of `row`'s values in each ragged column.
  private var starts: [Int]

  init(_ chunk: Chunk) {
    self.chunk = chunk
    let tensors = chunk.columns.values.compactMap(\.tensor)
    let columns = chunk.columns.compactMap { name, column in column.ragged.map { (name, $0) } }
    let fixed = tensors.reduce(0) { $0 + $1.rowWidth * $1.type.byteCount } + columns.count * 4
    denseBytes = max(fixed, 1)
    ragged = columns.map { name, column in
      (name, column.lengths, column.values.rowWidth * column.values.type.byteCount)
    }
    starts = ragged.map { _ in 0 }
  }

  /// The next rows, up to and including the one that reaches `room` bytes; nil at the end.
  mutating func next(_ room: Int) -> (rows: RowPiece, bytes: Int)? {
    guard row < chunk.rows else { return nil }
    let (first, firstStarts) = (row, starts)
    let bytes = ragged.isEmpty ? takeDense(room) : takeRagged(room)
    var values: [String: Range<Int>] = [:]
    for (index, column) in ragged.enumerated() { values[column.name] = firstStarts[index]..<starts[index] }
    return (RowPiece(chunk: chunk, rows: first..<row, values: values), bytes)
  }

  private mutating func takeDense(_ room: Int) -> Int {
    let count = min((room + denseBytes - 1) / denseBytes, chunk.rows - row)
    row += count
    return count * denseBytes
  }

  private mutating func takeRagged(_ room: Int) -> Int {
    var bytes = 0
    while row < chunk.rows && bytes < room {
      bytes += denseBytes
      for index in ragged.indices {
        let length = Int(ragged[index].lengths[row])
        starts[index] += length
        bytes += length * ragged[index].elementBytes
      }
      row += 1
    }
    return bytes
  }
}
