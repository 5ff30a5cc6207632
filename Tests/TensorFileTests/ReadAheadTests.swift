// Streams read on a separate thread: the same chunks and errors as without it.

import ByteStreams
import Failures
import StreamSamples
import Tensor
import TensorFile
import Testing

@Suite("Reading ahead")
struct ReadAheadTests {
  private func stream(_ chunks: Int) throws -> [UInt8] {
    let sink = MemorySink()
    let writer = TensorWriter(sink, header: StreamHeader(kind: "series"), chunkBytes: 64)
    for row in 0..<chunks { try writer.write(Chunk(["x": Tensor([Int64](repeating: Int64(row), count: 8))])) }
    try writer.finish(nil)
    return sink.bytes
  }

  private func rows(_ bytes: [UInt8], threads: Int) throws -> [Int] {
    let chunks = ReadAhead(try TensorReader(MemorySource(bytes), named: "in"), threads: threads)
    var rows: [Int] = []
    while let chunk = try chunks.next() { rows += chunk.columns["x"]?.tensor?.integers ?? [] }
    #expect(try chunks.next() == nil)
    return rows
  }

  @Test("all chunks are returned in order", arguments: [1, 2])
  func order(threads: Int) throws {
    for chunks in [1, 2, 200] {
      let expected = (0..<chunks).flatMap { [Int](repeating: $0, count: 8) }
      #expect(try rows(stream(chunks), threads: threads) == expected)
    }
  }

  @Test("errors of the stream are thrown", arguments: [1, 2])
  func damage(threads: Int) throws {
    let bytes = try stream(100)
    #expect(throws: Failure.self) { try rows(Array(bytes.dropLast(5)), threads: threads) }
    #expect(throws: Failure.self) { try rows(Array(bytes.prefix(bytes.count / 2)), threads: threads) }
  }

  @Test("unused chunks are not waited for")
  func abandoned() throws {
    for _ in 0..<50 {
      let chunks = ReadAhead(try TensorReader(MemorySource(try stream(20)), named: "in"), threads: 2)
      #expect(try chunks.next() != nil)
    }
  }
}
