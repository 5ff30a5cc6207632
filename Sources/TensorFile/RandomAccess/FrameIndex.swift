// The frames of a stream in a file, located by the seek tables from the end of the file.

import ByteStreams
import Failures

/// The positions of a file's data frames, and their numbers of rows.
struct FrameIndex {
  private(set) var frames: [ArchiveFrame] = []
  private(set) var provenance: [Provenance] = []
  /// The number of joined streams.
  private(set) var streams = 0
  private var shards = ShardOrder()
  /// The shard that the file is, if it is a single one.
  var shard: ShardRecord? { shards.lone }
  static let magic = withUnsafeBytes(of: Decompressor.magic.littleEndian) { Array($0) }

  init(_ file: ArchiveFile) throws {
    var tables: [(start: Int, records: [FrameRecord])] = []
    var end = file.size
    while end > 0 {
      let table = try FrameIndex.table(of: file, endingAt: end)
      tables.append(table)
      end = table.start
    }
    for (start, records) in tables.reversed() { try add(records, from: start, in: file) }
    try shards.finish()
  }

  /// The table that ends at `end`, and the beginning of its stream.
  private static func table(
    of file: ArchiveFile, endingAt end: Int
  ) throws -> (start: Int, records: [FrameRecord]) {
    guard end > SeekTable.footerSize else { throw StreamFault.truncated("before its end mark") }
    let count: Int
    do {
      count = try SeekTable.frameCount(footer: file.bytes(end - SeekTable.footerSize..<end))
    } catch {
      throw StreamFault.truncated("before its end mark")
    }
    let size = SeekTable.contentSize(count) + SeekTable.frameHeaderSize
    guard size <= end else { throw StreamFault.damaged("its end mark lists more data than the file has") }
    let bytes = try file.bytes(end - size..<end)
    guard bytes.number(at: 0, as: UInt32.self) == SeekTable.magic,
      Int(bytes.number(at: 4, as: UInt32.self)) == SeekTable.contentSize(count)
    else { throw StreamFault.damaged("its end mark is inconsistent") }
    let records = (0..<count).map {
      SeekTable.record(bytes, at: SeekTable.frameHeaderSize + $0 * SeekTable.entrySize)
    }
    let start = end - size - records.reduce(0) { $0 + $1.compressed }
    guard start >= 0, start < end - size else {
      throw StreamFault.damaged("its end mark does not match the file")
    }
    return (start, records)
  }

  private mutating func add(_ records: [FrameRecord], from start: Int, in file: ArchiveFile) throws {
    var offset = start
    var origin: Provenance?
    for (index, record) in records.enumerated() {
      let range = offset..<offset + record.compressed
      if record.decompressed == 0 {
        let input = BufferedSource(file.source(range))
        let found = try ProvenanceFrame.read(from: input, after: Array(records[..<index])).provenance
        provenance.append(found)
        origin = found
      } else {
        let first = frames.last?.rows.upperBound ?? 0
        let rows = try FrameIndex.rowCount(file, range)
        frames.append(ArchiveFrame(record: record, offset: offset, rows: first..<first + rows))
      }
      offset = range.upperBound
    }
    try shards.add(origin)
    streams += 1
  }

  /// The number of rows of the frame in `range`, determined from the header of its document.
  private static func rowCount(_ file: ArchiveFile, _ range: Range<Int>) throws -> Int {
    var assembly = DocumentAssembly(limits: .stream)
    do {
      _ = try Decompressor().decompress(BufferedSource(file.source(range))) { bytes in
        try assembly.append(bytes)
        if assembly.layout != nil { throw HeaderSeen() }
      }
    } catch is HeaderSeen {}
    return try assembly.layout?.rowCount ?? assembly.finish().layout.rowCount
  }
}

/// Thrown to stop decompressing after the header.
private struct HeaderSeen: Error {}
