// The skippable frame that names the run that produced a stream. Skippable frames have no checksum in zstd, so the
// frame contains one, which also covers the data's checksums: a damaged run id, or that of another stream, would lead
// to a wrong lineage.

import ByteStreams
import Failures
import JSON

enum ProvenanceFrame {
  static let magic: UInt32 = 0x184D_2A50
  private static let longest = 1 << 16

  /// The frame's bytes when written after `frames`.
  static func encoded(_ provenance: Provenance, after frames: [FrameRecord]) throws -> [UInt8] {
    var content: [String: JSONValue] = [
      "run": .string(provenance.run), "stage": .string(provenance.stage),
      "version": .string(provenance.version), "host": .string(provenance.host),
      "check": .string(try checksum(of: provenance, after: frames)),
    ]
    if let shard = provenance.shard {
      content["shard"] = shard.json
      content["shard_check"] = .string(try checksum(of: shard, provenance, after: frames))
    }
    let json = Array(JSONValue.object(content).text.utf8)
    var bytes: [UInt8] = []
    bytes.append(number: magic)
    bytes.append(number: UInt32(truncatingIfNeeded: json.count))
    return bytes + json
  }

  /// Reads a frame after `frames`, whose magic number has been recognized.
  /// - Returns: the provenance, and the size of the whole frame.
  static func read(
    from input: BufferedSource, after frames: [FrameRecord]
  ) throws -> (provenance: Provenance, size: Int) {
    let header = try input.take(SeekTable.frameHeaderSize)
    guard header.count == SeekTable.frameHeaderSize else { throw cut }
    let size = Int(header.number(at: 4, as: UInt32.self))
    guard size <= longest else { throw StreamFault.damaged("a provenance of \(size) bytes") }
    let content = try input.take(size)
    guard content.count == size else { throw cut }
    return (try parse(content, after: frames), header.count + size)
  }

  private static let cut = StreamFault.truncated("within its provenance")

  private static func parse(_ content: [UInt8], after frames: [FrameRecord]) throws -> Provenance {
    guard let json = try? JSONValue(parsing: content), let run = plain(json["run"]),
      let stage = plain(json["stage"]), let version = plain(json["version"]), let host = plain(json["host"])
    else { throw StreamFault.damaged("its provenance can't be parsed") }
    let shard = try json["shard"].map { json in
      guard let shard = ShardRecord(json) else { throw StreamFault.damaged("its shard can't be parsed") }
      return shard
    }
    let provenance = Provenance(run: run, stage: stage, version: version, host: host, shard: shard)
    // Other programs may omit the check.
    let check = try JSONValue.string(checksum(of: provenance, after: frames))
    guard json["check"] == nil || json["check"] == check else {
      throw StreamFault.damaged("its provenance has the wrong checksum")
    }
    if let shard {
      guard try json["shard_check"] == .string(checksum(of: shard, provenance, after: frames)) else {
        throw StreamFault.damaged("its shard has the wrong checksum")
      }
    }
    return provenance
  }

  /// Text without control characters, which could manipulate a terminal.
  private static func plain(_ value: JSONValue?) -> String? {
    value?.string.flatMap { text in
      text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? text : nil
    }
  }

  /// Eight hexadecimal digits: the checksum, as in a zstd frame, of the four values and the checksums of the frames,
  /// one per line.
  private static func checksum(of provenance: Provenance, after frames: [FrameRecord]) throws -> String {
    try checksum(
      of: [provenance.run, provenance.stage, provenance.version, provenance.host], after: frames)
  }

  /// The same of the run and the numbers of a shard, so that a reader that doesn't know of shards can check the rest.
  private static func checksum(
    of shard: ShardRecord, _ provenance: Provenance, after frames: [FrameRecord]
  ) throws -> String {
    try checksum(
      of: [provenance.run, "\(shard.shard)", "\(shard.total)", shard.unit.rawValue], after: frames)
  }

  private static func checksum(of values: [String], after frames: [FrameRecord]) throws -> String {
    let lines = (values + frames.map { hexadecimal($0.checksum) }).joined(separator: "\n")
    return hexadecimal(try Compressor(level: 1).compress(Array(lines.utf8)) { _ in }.checksum)
  }

  private static func hexadecimal(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
