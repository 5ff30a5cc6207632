// Sample streams in memory, with a column of every kind.

import ByteStreams
import RandomNumbers
import Tensor
import TensorFile

/// Collects the bytes written.
public final class MemorySink: ByteSink {
  /// The bytes so far.
  public private(set) var bytes: [UInt8] = []

  /// Collects nothing yet.
  public init() {}

  /// Appends bytes.
  public func write(_ more: [UInt8]) throws { bytes += more }
}

/// The run that made the samples.
public let sampleOrigin = Provenance(run: "0193f2", stage: "rnn-pad", version: "0.1.0", host: "here")

/// A stream of `chunks` in memory.
public func stream(
  _ chunks: [Chunk], header: StreamHeader = StreamHeader(kind: "padded"), chunkBytes: Int = 1 << 22,
  provenance: Provenance? = sampleOrigin, onDocument: (([UInt8]) throws -> Void)? = nil
) throws -> [UInt8] {
  let sink = MemorySink()
  let writer = TensorWriter(sink, header: header, chunkBytes: chunkBytes)
  writer.onDocument = onDocument
  for chunk in chunks { try writer.write(chunk) }
  try writer.finish(provenance)
  return sink.bytes
}

/// `count` rows with a column of every kind.
public func sampleRows(_ count: Int, seed: UInt64 = 1) -> Chunk {
  var random = RandomStream(seed: seed)
  let lengths = (0..<count).map { _ in Int32(random.index(below: 6)) }
  let total = lengths.reduce(0) { $0 + Int($1) }
  return Chunk(
    [
      "text": .ragged(
        Ragged(values: Tensor((0..<total).map { _ in UInt8(random.index(below: 256)) }), lengths: lengths)),
      "x": .dense(Tensor((0..<count * 6).map { _ in Float(random.normal()) }, shape: [count, 3, 2])),
      "series": .dense(Tensor((0..<count).map { _ in random.normal() })),
      "time": .dense(Tensor((0..<count).map { Int64($0) * 3600 })),
      "y": .dense(Tensor((0..<count).map { _ in Int32(random.index(below: 10)) }, shape: [count, 1])),
      "split": .dense(Tensor((0..<count).map { _ in UInt8(random.index(below: 3)) })),
    ], rows: count)
}

/// A header with metadata and side tensors.
public let sampleHeader = StreamHeader(
  kind: "padded", metadata: ["rnn.padding": #"{"length":3}"#, "note": "of no concern"],
  side: [
    "rnn.classes.values": Tensor(Array("negpos".utf8)), "rnn.classes.lengths": Tensor([3, 3] as [Int32]),
  ])
