// The digests of a file, to be compared with checksums.

import Failures
import Hashing
import OperatingSystem

/// The digests of one file.
public struct Digests: Sendable, Equatable {
  /// The SHA-256, always computed.
  public let sha256: String
  /// Bytes read.
  public let byteCount: Int
  /// The digest by a second algorithm, if one was requested.
  private let other: Checksum?

  /// Reads the file at `path` once.
  /// - Parameter algorithm: an algorithm to compute in addition to SHA-256.
  /// - Throws: `Failure` of kind `noInput` or `io`, or `unavailable` if the library that computes them is missing.
  public init(path: String, also algorithm: HashAlgorithm = .sha256) throws(Failure) {
    let file = try OpenFile(reading: path)
    let sha256 = MessageDigest(.sha256)
    let other = algorithm == .sha256 ? nil : MessageDigest(algorithm)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var byteCount = 0
    while case let count = try file.read(into: &buffer), count > 0 {
      byteCount += count
      let bytes = count == buffer.count ? buffer : Array(buffer[..<count])
      try sha256.update(bytes)
      try other?.update(bytes)
    }
    self.byteCount = byteCount
    self.sha256 = hexadecimal(try sha256.finish())
    if let other {
      self.other = Checksum(algorithm, digits: hexadecimal(try other.finish()))
    } else {
      self.other = nil
    }
  }

  /// The computed value to compare with a checksum; nil if its algorithm was not requested.
  public func value(for algorithm: HashAlgorithm) -> String? {
    algorithm == .sha256 ? sha256 : other?.algorithm == algorithm ? other?.hex : nil
  }

  /// Whether the file has the published `checksum`; true if there is none.
  public func match(_ checksum: Checksum?) -> Bool {
    guard let checksum else { return true }
    return value(for: checksum.algorithm) == checksum.hex
  }
}

/// The SHA-256 of a short text, in hexadecimal.
func sha256(of text: String) throws(Failure) -> String { hexadecimal(try MessageDigest.of(Array(text.utf8))) }
