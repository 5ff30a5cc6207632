// Streams read more than once: files directly, pipes from a temporary copy, and rows in any order.

import ByteStreams
import Failures
import Foundation
import StreamSamples
import SystemPackage
import Tensor
import TensorFile
import Testing

/// A file with `bytes`, removed after `body`.
private func withFile<T>(_ bytes: [UInt8], _ body: (String) throws -> T) throws -> T {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("rnn-\(UUID().uuidString)")
  try Data(bytes).write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

private func open<T>(_ path: String, _ body: (Int32) throws -> T) throws -> T {
  let descriptor = Foundation.open(path, O_RDONLY)
  defer { close(descriptor) }
  return try body(descriptor)
}

private func expectTwoPasses(_ stream: RereadableStream, of rows: Chunk) throws {
  #expect(stream.rows == rows.rows && stream.schema == rows.columns.mapValues(\.schema))
  for _ in 0..<2 {
    var chunks: [Chunk] = []
    try stream.chunks { chunks.append($0) }
    #expect(Chunk.joined(chunks) == rows)
  }
}

@Suite struct RereadingTests {
  private let rows = sampleRows(200)
  private func sample() throws -> [UInt8] { try stream([rows], header: sampleHeader, chunkBytes: 1000) }

  @Test func filesAreReread() throws {
    try withFile(Array("head".utf8) + sample()) { path in
      try open(path) { descriptor in
        lseek(descriptor, 4, SEEK_SET)
        let reader = try TensorReader(FileSource(FileDescriptor(rawValue: descriptor)), named: path)
        let stream = try RereadableStream(reader)
        #expect(stream.header == sampleHeader && stream.provenance == [sampleOrigin])
        try expectTwoPasses(stream, of: rows)
      }
    }
  }

  @Test(arguments: [1, 100, 1 << 20]) func pipesAreKept(size: Int) throws {
    let source = try PeekedSource(DrippingSource(sample(), size: size))
    try expectTwoPasses(try RereadableStream(try TensorReader(source, named: "pipe")), of: rows)
  }

  @Test func bareDocumentsAreKept() throws {
    let document = SafetensorsDocument(tensors: ["x": Tensor((0..<100_000).map(Double.init))])
    let reader = try TensorReader(DrippingSource(document.encoded, size: 1000), named: "pipe")
    try expectTwoPasses(try RereadableStream(reader), of: Chunk(document.tensors))
  }

  @Test func nothingIsReturnedBeforeTheEndIsVerified() throws {
    let cut = try TensorReader(DrippingSource(Array(sample().dropLast()), size: 100), named: "pipe")
    #expect(throws: Failure.self) { try RereadableStream(cut) }
    let begun = try TensorReader(MemorySource(sample()), named: "pipe")
    _ = try begun.next()
    #expect(throws: Failure.self) { try RereadableStream(begun) }
  }

  @Test func aFileChangedInBetweenIsDetected() throws {
    try withFile(sample()) { path in
      try open(path) { descriptor in
        let reader = try TensorReader(FileSource(FileDescriptor(rawValue: descriptor)), named: path)
        let stream = try RereadableStream(reader)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(StreamSamples.stream([rows.slice(0..<10)], header: sampleHeader)))
        #expect(throws: Failure.self) { try stream.chunks { _ in } }
      }
    }
  }
}

@Suite struct ArchiveTests {
  private let rows = sampleRows(120)

  private func expectRows(_ archive: TensorArchive) throws {
    #expect(archive.rows == 120 && archive.schema == rows.columns.mapValues(\.schema))
    for range in [0..<120, 0..<1, 119..<120, 7..<64, 50..<50, 0..<0, 120..<120, 63..<66] {
      #expect(try archive.rows(range) == rows.slice(range), "\(range)")
    }
  }

  @Test func rowsAreFoundByTheTable() throws {
    try withFile(stream([rows], header: sampleHeader, chunkBytes: 300)) { path in
      let archive = try TensorArchive(path: path)
      #expect(archive.header == sampleHeader && archive.provenance == [sampleOrigin])
      try expectRows(archive)
    }
  }

  @Test func joinedStreamsContinueTheCount() throws {
    let parts = [rows.slice(0..<50), rows.slice(50..<50), rows.slice(50..<120)]
    let bytes = try parts.flatMap { try stream([$0], header: sampleHeader, chunkBytes: 300) }
    try withFile(bytes) { path in
      let archive = try TensorArchive(path: path)
      #expect(archive.provenance.count == 3)
      try expectRows(archive)
    }
  }

  @Test func bareDocumentsAndEmptyStreamsWork() throws {
    let document = SafetensorsDocument(tensors: ["x": Tensor([1, 2, 3])])
    try withFile(document.encoded) { path in
      let rows = try TensorArchive(path: path).rows(1..<3)
      #expect(rows == Chunk(["x": Tensor([2, 3])]))
    }
    try withFile(stream([sampleRows(0)])) { path in
      let rows = try TensorArchive(path: path).rows(0..<0)
      #expect(rows == sampleRows(0))
    }
  }

  @Test func everyTruncationIsDetected() throws {
    let bytes = try stream([sampleRows(10)], chunkBytes: 200)
    for count in 0..<bytes.count {
      try withFile(Array(bytes.prefix(count))) { path in
        _ = #expect(throws: Failure.self) { try TensorArchive(path: path) }
      }
    }
  }

  @Test func damageIsDetectedWhenItIsRead() throws {
    let bytes = try stream([sampleRows(12)], chunkBytes: 200)
    for index in stride(from: 0, to: bytes.count, by: 3) {
      var turned = bytes
      turned[index] ^= 0x20
      try withFile(turned) { path in
        do {
          let rows = try TensorArchive(path: path).rows(0..<12)
          #expect(rows == sampleRows(12), "byte \(index)")
        } catch let failure as Failure {
          #expect(failure.kind == .data)
        }
      }
    }
  }

  @Test func nonRegularFilesAreReported() {
    for path in ["/no/such/file", "/tmp", "/dev/null"] {
      let failure = #expect(throws: Failure.self) { try TensorArchive(path: path) }
      #expect(failure?.kind == .noInput, "\(String(describing: failure))")
    }
  }
}
