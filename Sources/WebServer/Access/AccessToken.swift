// The secret that opens a server to other machines.

import Failures
import Hashing

/// A token, compared in constant time.
public struct AccessToken: Sendable {
  /// The token as text, which users see.
  public let text: String
  private let digest: [UInt8]

  /// The fewest characters of a token.
  public static let shortest = 16

  /// A token that the user chose.
  /// - Parameters:
  ///   - place: the option with which it was given.
  ///   - remedy: what to do if it is refused.
  /// - Throws: `Failure` (usage) if it is short or has characters that don't go into a URL and a cookie.
  public init(
    _ text: String, from place: String = "--token", remedy: String = "leave it out, and one is made"
  ) throws {
    let isPlain = text.utf8.allSatisfy { byte in
      Character(Unicode.Scalar(byte)).isLetter && byte < 128 || (48..<58).contains(byte)
        || [45, 46, 95].contains(byte)
    }
    guard text.utf8.count >= Self.shortest, text.utf8.count <= 256, isPlain else {
      throw Failure.usage(
        "a token has \(Self.shortest) to 256 letters, digits, -, _ and .", at: place,
        remedy: remedy)
    }
    self.text = text
    digest = try MessageDigest.of(Array(text.utf8))
  }

  /// A new token of 160 random bits.
  public static func random() throws -> AccessToken {
    var generator = SystemRandomNumberGenerator()
    return try AccessToken(hexadecimal((0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }))
  }

  /// Whether `other` is the token. The time doesn't depend on how much of it is right, since all bytes of two digests are
  /// compared.
  public func matches(_ other: String) -> Bool {
    guard let given = try? MessageDigest.of(Array(other.utf8)) else { return false }
    return zip(digest, given).reduce(UInt8(given.count == digest.count ? 0 : 1)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
