// Text in the encoding of earlier files, or in UTF-8, as written by a terminal or another program. The first line
// with non-ASCII characters decides: text in another encoding is hardly ever valid UTF-8.

import ByteStreams
import Failures

/// A text in UTF-8 or in another usual encoding, determined by its first line with non-ASCII characters.
public final class UsualEncodingSource: ByteSource {
  private var source: any ByteSource
  private let encoding: TextEncoding
  private let name: String
  private let onUTF8: () -> Void
  private var ready: ArraySlice<UInt8> = []
  private var isDecided = false
  /// The maximum number of bytes of a line that are examined.
  private static let longest = 1 << 16

  /// - Parameters:
  ///   - encoding: the encoding if it is not UTF-8.
  ///   - name: the name of the source in messages.
  ///   - onUTF8: called if the text turns out to be UTF-8 with non-ASCII characters.
  public init(
    _ source: any ByteSource, usually encoding: TextEncoding, named name: String,
    onUTF8: @escaping () -> Void = {}
  ) {
    (self.source, self.encoding, self.name, self.onUTF8) = (source, encoding, name, onUTF8)
  }

  /// - Throws: as `TranscodedSource`.
  public func read(upTo count: Int) throws -> [UInt8] {
    if ready.isEmpty { ready = try next(count)[...] }
    defer { ready = ready.dropFirst(count) }
    return Array(ready.prefix(count))
  }

  private func next(_ count: Int) throws -> [UInt8] {
    var bytes = try source.read(upTo: count)
    // With wide characters, even the first byte depends on the encoding; in other encodings, text begins with ASCII.
    let telling = encoding.isWide ? bytes.indices.first : bytes.firstIndex(where: Self.isTelling)
    guard !isDecided, let first = telling else { return bytes }
    isDecided = true
    while bytes.count - first < Self.longest, !bytes[first...].contains(UInt8(ascii: "\n")) {
      let more = try source.read(upTo: Self.longest)
      if more.isEmpty { break }
      bytes += more
    }
    let end = bytes[first...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
    let line = bytes[first..<end]
    if !line.contains(0), isUTF8(line, mayBeCut: line.count >= Self.longest) {
      if line.contains(where: { $0 >= 0x80 }) { onUTF8() }
      return bytes
    }
    source = try TranscodedSource(JoinedSource(bytes, source), from: encoding, named: name)
    return try source.read(upTo: count)
  }

  /// Whether a byte is written differently in UTF-8 and in other encodings, some of which use escapes or zeros.
  private static func isTelling(_ byte: UInt8) -> Bool { byte >= 0x80 || byte == 0 || byte == 0x1B }

  private func isUTF8(_ line: ArraySlice<UInt8>, mayBeCut: Bool) -> Bool {
    if line.contains(0x1B), line.allSatisfy({ $0 < 0x80 }) { return false }
    return (0...(mayBeCut ? 3 : 0)).contains { String(validating: line.dropLast($0), as: UTF8.self) != nil }
  }
}

/// Some bytes, then another source.
struct JoinedSource: ByteSource {
  private var first: ArraySlice<UInt8>
  private var rest: any ByteSource

  init(_ first: [UInt8], _ rest: any ByteSource) { (self.first, self.rest) = (first[...], rest) }

  mutating func read(upTo count: Int) throws -> [UInt8] {
    if first.isEmpty { return try rest.read(upTo: count) }
    defer { first = first.dropFirst(count) }
    return Array(first.prefix(count))
  }
}
