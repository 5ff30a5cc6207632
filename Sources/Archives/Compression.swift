// How files are compressed.

import ByteStreams
import Failures
import OperatingSystem

/// A compression of whole files, recognized by its first bytes.
public enum Compression: String, Sendable, CaseIterable {
  case gzip, bzip2, xz, zstd, compress

  /// The first bytes of its files.
  public var mark: [UInt8] {
    switch self {
    case .gzip: [0x1F, 0x8B]
    case .bzip2: Array("BZh".utf8)
    case .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]
    case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
    case .compress: [0x1F, 0x9D]
    }
  }

  /// The extension of its files.
  public var ending: String {
    switch self {
    case .gzip: "gz"
    case .bzip2: "bz2"
    case .xz: "xz"
    case .zstd: "zst"
    case .compress: "Z"
    }
  }

  /// The compression of a source, recognized by its first bytes, which are not consumed; nil if there is none.
  public init?(of source: inout PeekedSource) throws {
    for compression in Self.allCases where try source.begins(with: compression.mark) {
      self = compression
      return
    }
    guard try Self.isSkippable(&source) else { return nil }
    self = .zstd
  }

  /// The compression of a file; nil if there is none.
  init?(of path: String) throws(Failure) {
    let start = try firstBytes(of: path, 6)
    guard let found = Self.allCases.first(where: { start.starts(with: $0.mark) }) else { return nil }
    self = found
  }

  /// Whether it begins with a skippable frame, as written by programs that compress on several processors.
  private static func isSkippable(_ source: inout PeekedSource) throws -> Bool {
    for digit in UInt8(0)..<16 where try source.begins(with: [0x50 + digit, 0x2A, 0x4D, 0x18]) { return true }
    return false
  }
}

/// Up to `count` bytes from the start of a file.
func firstBytes(of path: String, _ count: Int) throws(Failure) -> [UInt8] {
  var buffer = [UInt8](repeating: 0, count: count)
  let got = try OpenFile(reading: path).read(into: &buffer)
  return Array(buffer.prefix(got))
}
