// Byte order marks: bytes at the beginning of a text that identify its encoding.

import ByteStreams

/// A byte order mark.
public enum ByteOrderMark: CaseIterable, Sendable {
  // UTF-32's little-endian mark begins with UTF-16's, and is therefore tried first.
  case utf8, utf32LittleEndian, utf32BigEndian, utf16LittleEndian, utf16BigEndian

  /// The bytes.
  public var bytes: [UInt8] {
    switch self {
    case .utf8: [0xEF, 0xBB, 0xBF]
    case .utf32LittleEndian: [0xFF, 0xFE, 0, 0]
    case .utf32BigEndian: [0, 0, 0xFE, 0xFF]
    case .utf16LittleEndian: [0xFF, 0xFE]
    case .utf16BigEndian: [0xFE, 0xFF]
    }
  }

  /// The encoding of the text that follows.
  public var encoding: TextEncoding {
    switch self {
    case .utf8: .utf8
    case .utf32LittleEndian: TextEncoding(known: "UTF-32LE")
    case .utf32BigEndian: TextEncoding(known: "UTF-32BE")
    case .utf16LittleEndian: TextEncoding(known: "UTF-16LE")
    case .utf16BigEndian: TextEncoding(known: "UTF-16BE")
    }
  }

  /// The mark at the beginning of a text, which is not consumed; nil if there is none. Waits for no more bytes than
  /// necessary.
  public init?(of source: inout PeekedSource) throws {
    for mark in Self.allCases where try source.begins(with: mark.bytes) {
      self = mark
      return
    }
    return nil
  }

  /// Whether `encoding` can be that of a text with this mark.
  public func agrees(with encoding: TextEncoding) -> Bool {
    func family(_ encoding: TextEncoding) -> String { encoding.name.lowercased().filter(\.isNumber) }
    let isUnicode = encoding.name.lowercased().hasPrefix("utf")
    guard isUnicode, family(encoding) == family(self.encoding) else { return false }
    return encoding.needsMark || encoding.isUTF8
      || encoding.name.lowercased().hasSuffix(self.encoding.name.lowercased().suffix(2))
  }
}
