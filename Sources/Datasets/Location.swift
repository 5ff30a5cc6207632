// The location of a data set: a local file, or a URL.

import Failures
import Glibc
import HTTP

/// A local file or a URL.
public enum Location: Sendable, Equatable {
  /// A path in the file system.
  case file(path: String)
  /// An http or https URL.
  case web(address: String)

  /// - Parameter text: a path, a `file://` URL, or an `http(s)://` URL.
  /// - Throws: `Failure.usage` if it is a URL with another scheme or is invalid.
  public init(_ text: String) throws(Failure) {
    guard let colon = text.range(ofScheme: "://") else {
      self = .file(path: text)
      return
    }
    switch text[..<colon].lowercased() {
    case "file": self = .file(path: try Location.path(ofFileAddress: text))
    case "http", "https":
      try Location.check(text)
      self = .web(address: text)
    case let scheme:
      throw .usage("'\(scheme)' URLs are not supported", at: text, remedy: "use http, https or file")
    }
  }

  /// The last component of the path, whose extension determines the file's format.
  public var name: String {
    let path =
      switch self {
      case .file(let path): Substring(path)
      case .web(let address): address.prefix { $0 != "?" && $0 != "#" }
      }
    return String(path.split(separator: "/").last ?? "data")
  }

  private static func path(ofFileAddress text: String) throws(Failure) -> String {
    let rest = text.dropFirst("file://".count)
    guard let slash = rest.firstIndex(of: "/"), ["", "localhost"].contains(rest[..<slash].lowercased()) else {
      throw .usage(
        "doesn't name a local file", at: text, remedy: "write file:///folder/name, with three slashes")
    }
    guard let path = percentDecoded(rest[slash...]), !path.utf8.contains(0) else {
      throw .usage("has a '%' that is not followed by two hexadecimal digits", at: text)
    }
    return path
  }

  private static func check(_ address: String) throws(Failure) {
    guard try HTTPAddress.isValid(address, .ofDownloads) else {
      throw .usage("is not a valid URL", at: address)
    }
  }
}

extension String {
  /// The position of `mark` after a scheme; nil if the text before it isn't one.
  fileprivate func range(ofScheme mark: String) -> String.Index? {
    guard let colon = firstIndex(of: ":"), self[colon...].hasPrefix(mark), colon > startIndex else {
      return nil
    }
    let isScheme = self[..<colon].utf8.allSatisfy { byte in
      let character = Character(Unicode.Scalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber || "+-.".contains(character))
    }
    return isScheme ? colon : nil
  }
}

/// `text` with its percent escapes decoded; nil if a `%` doesn't begin one.
private func percentDecoded(_ text: Substring) -> String? {
  var bytes: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    if byte != UInt8(ascii: "%") {
      bytes.append(byte)
    } else {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      guard digits.count == 2, !digits.hasPrefix("+"), let value = UInt8(digits, radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}
