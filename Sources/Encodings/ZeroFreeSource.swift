// Zero bytes in text: it is UTF-16 or UTF-32 without a mark, or not text at all. If it were read as UTF-8, every word would
// contain zero bytes.

import ByteStreams
import Failures

/// A text that must not have zero bytes.
public struct ZeroFreeSource: ByteSource {
  private var source: any ByteSource
  private let name: String
  private let encoding: String?
  private var offset = 0

  /// - Parameters:
  ///   - name: the name of the source in messages.
  ///   - encoding: the encoding that the user gave, from which the source was converted; nil if none was given.
  public init(_ source: any ByteSource, named name: String, from encoding: String? = nil) {
    (self.source, self.name, self.encoding) = (source, name, encoding)
  }

  /// - Throws: `Failure` (data) stating the offset of a zero byte.
  public mutating func read(upTo count: Int) throws -> [UInt8] {
    let bytes = try source.read(upTo: count)
    if Self.hasZero(bytes) { throw failure(bytes) }
    offset += bytes.count
    return bytes
  }

  /// Without an early exit, the loop is compiled to vector instructions.
  private static func hasZero(_ bytes: [UInt8]) -> Bool {
    var found: UInt8 = 0
    for byte in bytes { found |= byte == 0 ? 1 : 0 }
    return found != 0
  }

  private func failure(_ bytes: [UInt8]) -> Failure {
    if let encoding {
      return .data(
        "has zero bytes if read as \(encoding)", at: name,
        remedy: "it is in another encoding, or zero bytes must be removed")
    }
    if let likely = likelyEncoding(bytes) {
      return .data(
        "looks like \(likely.dropLast(2).uppercased()) without a byte order mark", at: name,
        remedy: "read it with --encoding \(likely)")
    }
    let place = offset + (bytes.firstIndex(of: 0) ?? 0)
    return .data(
      "is not text: the byte at offset \(place) is zero", at: name,
      remedy: "give its encoding with --encoding, or remove zero bytes")
  }

  /// The encoding that has zero bytes in these places, if most of its characters are in the first planes: those of
  /// UTF-32 have two in each group of four, those of UTF-16 that are ASCII one in two.
  private func likelyEncoding(_ bytes: [UInt8]) -> String? {
    var zeros = [0, 0, 0, 0]
    for index in bytes.indices where bytes[index] == 0 { zeros[(offset + index) % 4] += 1 }
    let quarter = bytes.count / 4
    if quarter > 0, min(zeros[2], zeros[3]) >= quarter { return "utf-32le" }
    if quarter > 0, min(zeros[0], zeros[1]) >= quarter { return "utf-32be" }
    guard zeros.reduce(0, +) * 4 >= min(bytes.count, 4096) else { return nil }
    if zeros[0] + zeros[2] == 0 { return "utf-16le" }
    return zeros[1] + zeros[3] == 0 ? "utf-16be" : nil
  }
}
