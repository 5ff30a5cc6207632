// Documents out as zstd frames, with a record of each for the end mark.

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

  /// Writes one data frame.
  func write(_ document: [UInt8]) throws {
    let compressor = try self.compressor ?? Compressor(level: level)
    self.compressor = compressor
    records.append(try compressor.compress(document) { try sink.write($0) })
  }

  /// Writes what stands behind the data: where it came from, and the end mark.
  func finish(_ provenance: Provenance?) throws {
    if let provenance {
      let frame = try ProvenanceFrame.encoded(provenance, behind: records)
      try sink.write(frame)
      records.append(.skippable(frame.count))
    }
    try sink.write(SeekTable.encoded(records))
  }
}
