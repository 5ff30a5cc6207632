// Checksums, which verify that a file is the expected one.

import Failures
import Hashing

/// A published or recorded checksum of a file.
public struct Checksum: Sendable, Equatable, CustomStringConvertible {
  /// How it is computed.
  public let algorithm: HashAlgorithm
  /// Lower-case hexadecimal digits.
  public let hex: String

  /// - Parameter text: hexadecimal digits of either case.
  /// - Throws: `Failure.usage` if `text` does not have the number of digits of the algorithm.
  public init(_ algorithm: HashAlgorithm, _ text: String) throws(Failure) {
    let isHexadecimal = text.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    guard text.utf8.count == algorithm.digitCount, isHexadecimal else {
      throw .usage(
        "'\(text)' is not a \(algorithm.rawValue) checksum",
        remedy: "give \(algorithm.digitCount) hexadecimal digits, as printed by sha256sum")
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
