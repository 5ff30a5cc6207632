// The writer: its second thread, invalid arguments, and errors of the sink.

import ByteStreams
import Failures
import Foundation
import StreamSamples
import Tensor
import TensorFile
import Testing

/// A sink that fails after some bytes, or is slow.
private final class BadSink: ByteSink {
  private var room: Int
  private let error: any Error

  init(room: Int, error: any Error) {
    self.room = room
    self.error = error
  }

  func write(_ bytes: [UInt8]) throws {
    room -= bytes.count
    if room < 0 { throw error }
  }
}

private final class SlowSink: ByteSink {
  private(set) var bytes: [UInt8] = []
  func write(_ more: [UInt8]) throws {
    usleep(UInt32.random(in: 0..<2000))
    bytes += more
  }
}

@Suite struct WriterTests {
  @Test func timingDoesNotChangeTheBytes() throws {
    let rows = sampleRows(400)
    let expected = try stream([rows], header: sampleHeader, chunkBytes: 1000)
    for _ in 0..<3 {
      let sink = SlowSink()
      let writer = TensorWriter(sink, header: sampleHeader, chunkBytes: 1000)
      for start in stride(from: 0, to: 400, by: 50) {
        try writer.write(rows.slice(start..<start + 50))
        usleep(UInt32.random(in: 0..<2000))
      }
      try writer.finish(sampleOrigin)
      #expect(sink.bytes == expected)
    }
  }

  @Test(arguments: [0, 100, 5000, 20_000]) func errorsOfTheSinkAreThrown(room: Int) throws {
    for error in [ClosedPipe(), Failure(.io, "full")] as [any Error] {
      let writer = TensorWriter(BadSink(room: room, error: error), header: sampleHeader, chunkBytes: 1000)
      let thrown = #expect(throws: (any Error).self) {
        for seed in 0..<20 { try writer.write(sampleRows(50, seed: UInt64(seed))) }
        try writer.finish(nil)
      }
      #expect((thrown is ClosedPipe) == (error is ClosedPipe))
    }
  }

  @Test func aWriterMayBeDiscarded() throws {
    for count in [0, 1, 30] {
      let writer = TensorWriter(SlowSink(), header: sampleHeader, chunkBytes: 1000)
      for seed in 0..<count { try writer.write(sampleRows(50, seed: UInt64(seed))) }
    }
  }

  @Test func finishingTwiceWritesOnce() throws {
    let sink = MemorySink()
    let writer = TensorWriter(sink, header: sampleHeader)
    try writer.finish(nil)
    let count = sink.bytes.count
    try writer.finish(nil)
    #expect(sink.bytes.count == count)
  }

  @Test(arguments: ["", "rnn.x", "__metadata__", "x.values", "x.lengths", "x\n"])
  func ambiguousNamesAreRejected(name: String) {
    #expect(throws: Failure.self) { try stream([Chunk([name: Tensor([1.0])])]) }
  }

  @Test func mismatchesAreRejected() {
    let row = Chunk(["x": Tensor([1.0])])
    #expect(throws: Failure.self) { try stream([row, Chunk(["y": Tensor([1.0])])]) }
    #expect(throws: Failure.self) { try stream([row, Chunk(["x": Tensor([1.0], shape: [1, 1])])]) }
    #expect(throws: Failure.self) { try stream([row], header: StreamHeader(kind: "model")) }
    #expect(throws: Failure.self) { try stream([Chunk([:], rows: 3)]) }
    #expect(throws: Failure.self) {
      try stream([row], header: StreamHeader(kind: "padded", side: ["weights": Tensor([1.0])]))
    }
  }

  @Test func theHeaderDoesNotDetermineTheFormat() throws {
    let header = StreamHeader(kind: "padded", metadata: ["rnn.format": "7"])
    #expect(try read(stream([sampleRows(1)], header: header)).header == StreamHeader(kind: "padded"))
  }

  @Test(arguments: [1, 3, 9, 19]) func everyLevelIsReadBack(level: Int32) throws {
    let sink = MemorySink()
    let writer = TensorWriter(sink, header: sampleHeader, level: level, chunkBytes: 5000)
    try writer.write(sampleRows(300))
    try writer.finish(nil)
    #expect(try read(sink.bytes).rows == sampleRows(300))
  }
}
