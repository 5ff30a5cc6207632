// The checksums that tell whether a file is the one that was meant.

import Crypto
import Failures
import Glibc

/// A published or recorded checksum of a file.
public struct Checksum: Sendable, Equatable, CustomStringConvertible {
  /// How a checksum is computed. MD5 and SHA-1 stand for files of which nobody published a better one: they
  /// still find every damage by accident.
  public enum Algorithm: String, Sendable {
    case sha256, sha1, md5

    /// How many hexadecimal digits such a checksum has.
    var digits: Int {
      switch self {
      case .sha256: 64
      case .sha1: 40
      case .md5: 32
      }
    }
  }

  /// How it is computed.
  public let algorithm: Algorithm
  /// Lower-case hexadecimal digits.
  public let hex: String

  /// - Parameter text: hexadecimal digits of either case.
  /// - Throws: `Failure.usage` where `text` has another number of digits than the algorithm gives.
  public init(_ algorithm: Algorithm, _ text: String) throws(Failure) {
    let isHexadecimal = text.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    guard text.utf8.count == algorithm.digits, isHexadecimal else {
      throw .usage(
        "'\(text)' is no \(algorithm.rawValue) checksum",
        remedy: "it has \(algorithm.digits) hexadecimal digits, as sha256sum prints them")
    }
    self.init(algorithm, digits: text.lowercased())
  }

  init(_ algorithm: Algorithm, digits: String) {
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
  private let sha1: String?
  private let md5: String?

  /// Reads the file at `path` once.
  /// - Parameter algorithm: what is wanted beside the SHA-256.
  /// - Throws: `Failure` of kind `noInput` or `io`.
  public init(path: String, also algorithm: Checksum.Algorithm = .sha256) throws(Failure) {
    let file = try DescriptorFile(reading: path)
    var (sha256, sha1, md5) = (SHA256(), Insecure.SHA1(), Insecure.MD5())
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var byteCount = 0
    while true {
      let count = try file.read(into: &buffer)
      if count == 0 { break }
      byteCount += count
      buffer.withUnsafeBytes { bytes in
        let part = UnsafeRawBufferPointer(rebasing: bytes[..<count])
        sha256.update(bufferPointer: part)
        if algorithm == .sha1 { sha1.update(bufferPointer: part) }
        if algorithm == .md5 { md5.update(bufferPointer: part) }
      }
    }
    self.byteCount = byteCount
    self.sha256 = hexadecimal(sha256.finalize())
    self.sha1 = algorithm == .sha1 ? hexadecimal(sha1.finalize()) : nil
    self.md5 = algorithm == .md5 ? hexadecimal(md5.finalize()) : nil
  }

  /// The computed value to hold against `checksum`; nil where that algorithm was not asked for.
  public func value(for algorithm: Checksum.Algorithm) -> String? {
    switch algorithm {
    case .sha256: sha256
    case .sha1: sha1
    case .md5: md5
    }
  }

  /// Whether the file is the one that `checksum` was published for; true where there is none.
  public func match(_ checksum: Checksum?) -> Bool {
    guard let checksum else { return true }
    return value(for: checksum.algorithm) == checksum.hex
  }
}

/// The SHA-256 of a short text, in hexadecimal.
func sha256(of text: String) -> String { hexadecimal(SHA256.hash(data: Array(text.utf8))) }

/// A digest in the form that `sha256sum` prints.
func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
