// The checksums that tell whether a file is the one that was meant.

import Failures
import Hashing

/// A published or recorded checksum of a file.
public struct Checksum: Sendable, Equatable, CustomStringConvertible {
  /// How it is computed.
  public let algorithm: HashAlgorithm
  /// Lower-case hexadecimal digits.
  public let hex: String

  /// - Parameter text: hexadecimal digits of either case.
  /// - Throws: `Failure.usage` where `text` has another number of digits than the algorithm gives.
  public init(_ algorithm: HashAlgorithm, _ text: String) throws(Failure) {
    let isHexadecimal = text.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    guard text.utf8.count == algorithm.digitCount, isHexadecimal else {
      throw .usage(
        "'\(text)' is no \(algorithm.rawValue) checksum",
        remedy: "it has \(algorithm.digitCount) hexadecimal digits, as sha256sum prints them")
    }
    self.init(algorithm, digits: text.lowercased())
  }

  init(_ algorithm: HashAlgorithm, digits: String) {
    self.algorithm = algorithm
    hex = digits
  }

  /// `sha256 c40f74a1...`, in full.
  public var description: String { "\(algorithm.rawValue) \(hex)" }
}

/// What was computed over the bytes of one file.
public struct Digests: Sendable, Equatable {
  /// The SHA-256, always computed.
  public let sha256: String
  /// Bytes read.
  public let byteCount: Int
  /// The digest by another algorithm, where one was asked for.
  private let other: Checksum?

  /// Reads the file at `path` once.
  /// - Parameter algorithm: what is wanted beside the SHA-256.
  /// - Throws: `Failure` of kind `noInput`, `io`, or `unavailable` where there is no library to compute them.
  public init(path: String, also algorithm: HashAlgorithm = .sha256) throws(Failure) {
    let file = try DescriptorFile(reading: path)
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

  /// The computed value to compare with a checksum; nil where that algorithm was not asked for.
  public func value(for algorithm: HashAlgorithm) -> String? {
    algorithm == .sha256 ? sha256 : other?.algorithm == algorithm ? other?.hex : nil
  }

  /// Whether the file is the one that `checksum` was published for; true where there is none.
  public func match(_ checksum: Checksum?) -> Bool {
    guard let checksum else { return true }
    return value(for: checksum.algorithm) == checksum.hex
  }
}

/// The SHA-256 of a short text, in hexadecimal.
func sha256(of text: String) throws(Failure) -> String { hexadecimal(try MessageDigest.of(Array(text.utf8))) }
