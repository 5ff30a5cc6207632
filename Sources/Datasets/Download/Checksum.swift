// Checksums, which tell whether a file is the expected one.

import Failures
import Hashing

/// A published or recorded checksum of a file.
public struct Checksum: Sendable, Equatable, CustomStringConvertible {
  /// How it is computed.
  public let algorithm: HashAlgorithm
  /// Lower-case hexadecimal digits.
  public let hex: String

  /// - Parameter text: hexadecimal digits of either case.
  /// - Throws: `Failure.usage` if `text` has another number of digits than the algorithm gives.
  public init(_ algorithm: HashAlgorithm, _ text: String) throws(Failure) {
    let isHexadecimal = text.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    guard text.utf8.count == algorithm.digitCount, isHexadecimal else {
      throw .usage(
        "'\(text)' is not a \(algorithm.rawValue) checksum",
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
