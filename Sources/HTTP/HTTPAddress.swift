// The syntax of URLs, which libcurl checks.

import CCurl
import Failures

/// A URL.
public enum HTTPAddress {
  /// Whether `text` is a valid URL without whitespace and control characters.
  /// - Throws: `Failure` (unavailable) if the machine has no libcurl.
  public static func isValid(_ text: String, _ remedies: HTTPRemedies) throws(Failure) -> Bool {
    try HTTPConnection.loadLibrary(remedies)
    return http_is_address(text) != 0 && !text.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
  }

  /// `text` for a component of a URL: all but letters, digits and `-._~` as percent escapes.
  public static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { escaped, byte in
      let scalar = Unicode.Scalar(byte)
      let isPlain =
        scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-._~".unicodeScalars.contains(scalar))
      escaped +=
        isPlain
        ? String(Character(scalar)) : "%" + String(UInt16(byte) | 0x100, radix: 16).uppercased().dropFirst()
    }
  }
}
