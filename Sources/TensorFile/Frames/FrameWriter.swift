// Writing documents as zstd frames, with a record of each for the end mark.

import ByteStreams
import Failures

/// Compresses documents into a sink, one frame each.
final class FrameWriter {
  private var sink: any ByteSink
  private let level: Int32
  private var compressor: Compressor?
  private var records: [FrameRecord] = []

  init(_ sink: any ByteSink, level: Int32) {
    self.sink = sink
    self.level = level
  }

  /// Compresses a document and writes the data frame piece by piece.
  func write(_ document: [UInt8]) throws {
    let compressor = try self.compressor ?? makeCompressor()
    self.compressor = compressor
    records.append(try compressor.compress(document) { try sink.write($0) })
  }

  /// A compressor for frames of this writer, for use by another thread.
  func makeCompressor() throws -> Compressor { try Compressor(level: level) }

  /// Writes a data frame that was compressed elsewhere.
  func append(_ frame: Frame) throws {
    for piece in frame.pieces { try sink.write(piece) }
    records.append(frame.record)
  }

  /// Writes the provenance and the end mark after the data.
  func finish(_ provenance: Provenance?) throws {
    if let provenance {
      let frame = try ProvenanceFrame.encoded(provenance, after: records)
      try sink.write(frame)
      records.append(.skippable(frame.count))
    }
    try sink.write(SeekTable.encoded(records))
  }
}

/// A compressed document.
struct Frame {
  private(set) var pieces: [[UInt8]] = []
  let record: FrameRecord

  init(_ document: [UInt8], _ compressor: Compressor) throws {
    var pieces: [[UInt8]] = []
    record = try compressor.compress(document) { pieces.append($0) }
    self.pieces = pieces
  }
}
