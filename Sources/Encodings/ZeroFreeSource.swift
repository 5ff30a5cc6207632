// Zero bytes in text: it is UTF-16 without a mark, or not text at all. If it were read as UTF-8, every word would
// contain zero bytes.

import ByteStreams
import Failures

/// A text that must not have zero bytes.
public struct ZeroFreeSource: ByteSource {
  private var source: any ByteSource
  private let name: String
  private var offset = 0

  /// - Parameter name: the name of the source in messages.
  public init(_ source: any ByteSource, named name: String) { (self.source, self.name) = (source, name) }

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
    let zeros = bytes.indices.filter { bytes[$0] == 0 }
    let odd = zeros.count { !(offset + $0).isMultiple(of: 2) }
    if zeros.count * 4 >= min(bytes.count, 4096), odd == 0 || odd == zeros.count {
      let order = odd == 0 ? "be" : "le"
      return .data(
        "looks like UTF-16 without a byte order mark", at: name,
        remedy: "read it with --encoding utf-16\(order)")
    }
    let place = "the byte at offset \(offset + (zeros.first ?? 0)) is zero"
    return .data(
      "is not text: \(place)", at: name, remedy: "give its encoding with --encoding, or remove zero bytes")
  }
}
