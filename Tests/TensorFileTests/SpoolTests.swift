// Chunks kept between two passes, in memory and in a file.

import Tensor
import TensorFile
import Testing

@Suite("Kept chunks")
struct SpoolTests {
  private func chunk(_ row: Int) -> Chunk {
    let values = (0..<row % 5).map { Int32(row * $0) }
    return Chunk(
      [
        "x": .ragged(Ragged(values: Tensor(values), lengths: [Int32(values.count)])),
        "y": .dense(Tensor([Int32(row)])),
      ], rows: 1)
  }

  @Test("rows are read back unchanged", arguments: [0, 100, 1 << 20])
  func all(memoryBytes: Int) throws {
    let spool = ChunkSpool(memoryBytes: memoryBytes)
    for row in 0..<50 { try spool.append(chunk(row)) }
    #expect(spool.rows == 50)
    var chunks: [Chunk] = []
    try spool.drain { chunks.append($0) }
    #expect(Chunk.joined(chunks) == Chunk.joined((0..<50).map(chunk)))
  }

  @Test("columns may change", arguments: [0, 100, 1 << 20])
  func changingColumns(memoryBytes: Int) throws {
    let spool = ChunkSpool(memoryBytes: memoryBytes)
    let chunks = (0..<20).map { row in
      row < 8 ? chunk(row) : Chunk(["text": .dense(Tensor([UInt8(row)]))], rows: 1)
    }
    for chunk in chunks { try spool.append(chunk) }
    var (before, after): ([Chunk], [Chunk]) = ([], [])
    try spool.drain { if $0.columns["text"] == nil { before.append($0) } else { after.append($0) } }
    #expect(Chunk.joined(before) == Chunk.joined(Array(chunks[..<8])))
    #expect(Chunk.joined(after) == Chunk.joined(Array(chunks[8...])))
  }

  @Test("an empty spool has no chunks")
  func nothing() throws {
    let spool = ChunkSpool()
    try spool.drain { _ in Issue.record("there are no rows") }
    #expect(spool.rows == 0)
  }
}
