// The skippable frame that says which run made a stream. zstd gives such frames no checksum, so it carries
// one of its own: a damaged run id would tell a false lineage.

import Failures

enum ProvenanceFrame {
  static let magic: UInt32 = 0x184D_2A50
  private static let longest = 1 << 16

  /// The frame's bytes.
  static func encoded(_ provenance: Provenance) throws -> [UInt8] {
    let content: JSONValue = [
      "run": .string(provenance.run), "stage": .string(provenance.stage),
      "version": .string(provenance.version), "host": .string(provenance.host),
      "check": .string(try checksum(of: provenance)),
    ]
    let json = Array(content.text.utf8)
    var bytes: [UInt8] = []
    bytes.append(number: magic)
    bytes.append(number: UInt32(truncatingIfNeeded: json.count))
    return bytes + json
  }

  /// Reads a frame whose magic number was seen.
  /// - Returns: the provenance, and the size of the whole frame.
  static func read(from input: InputBuffer) throws -> (provenance: Provenance, size: Int) {
    let header = try input.take(SeekTable.frameHeaderSize)
    guard header.count == SeekTable.frameHeaderSize else { throw cut }
    let size = Int(header.number(at: 4, as: UInt32.self))
    guard size <= longest else { throw StreamFault.damaged("a provenance of \(size) bytes") }
    let content = try input.take(size)
    guard content.count == size else { throw cut }
    return (try parse(content), header.count + size)
  }

  private static let cut = StreamFault.truncated("within its provenance")

  private static func parse(_ content: [UInt8]) throws -> Provenance {
    guard let json = try? JSONValue(parsing: content), let run = plain(json["run"]),
      let stage = plain(json["stage"]), let version = plain(json["version"]), let host = plain(json["host"])
    else { throw StreamFault.damaged("its provenance can't be read") }
    let provenance = Provenance(run: run, stage: stage, version: version, host: host)
    // Other programs may leave the check out.
    guard try json["check"] == nil || json["check"]?.string == checksum(of: provenance) else {
      throw StreamFault.damaged("its provenance fails its check")
    }
    return provenance
  }

  /// A text without control characters, which could play tricks on a terminal.
  private static func plain(_ value: JSONValue?) -> String? {
    value?.string.flatMap { text in
      text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? text : nil
    }
  }

  /// Eight hexadecimal digits: the checksum zstd would give a frame of the four values, a line each.
  private static func checksum(of provenance: Provenance) throws -> String {
    let lines = [provenance.run, provenance.stage, provenance.version, provenance.host]
    var frame: [UInt8] = []
    let record = try Compressor(level: 1).compress(Array(lines.joined(separator: "\n").utf8)) { frame += $0 }
    let digits = String(record.checksum, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
