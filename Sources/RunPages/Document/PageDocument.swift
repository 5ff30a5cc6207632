// The page as HTML: one document that needs nothing else. Its policy allows the script and the style sheet that are in it,
// by their hashes, and pictures; whatever a run is called, nothing of it can become a script.

import Charts
import Failures
import Foundation
import Hashing

/// The HTML of a page.
public struct PageDocument {
  private let title: String
  private let language: ChartLanguage

  /// A page with this title (nil for the language's own word).
  public init(title: String?, language: ChartLanguage) {
    self.title = title ?? language.pick("Runs", "运行记录")
    self.language = language
  }

  /// The document for a file: data and pictures are elements at its end.
  /// - Parameters:
  ///   - data: compressed data; see `PageData.complete`.
  ///   - pictures: the pictures in the order in which the data numbers them.
  ///   - write: takes the text part by part.
  public func write(
    data: [UInt8], pictures: [RecordedPicture], to write: (String) throws -> Void
  ) throws {
    let parts = try filled(policy: Self.policy(sources: "img-src data:")).components(separatedBy: "{{data}}")
    try write(parts[0])
    try write(Self.element("data", data))
    for (number, picture) in pictures.enumerated() {
      try write(Self.element("picture-\(number)", picture.bytes))
    }
    try write(parts.dropFirst().joined())
  }

  /// The document for a server, and its policy, which a server sends as a field.
  public func live() throws -> (text: String, policy: String) {
    let policy = try Self.policy(sources: "img-src 'self' data:; connect-src 'self'")
    let text = try filled(policy: policy).replacingOccurrences(of: "{{data}}", with: "")
    return (text, policy + "; frame-ancestors 'none'")
  }

  /// Bytes in Base64, which has no character that HTML would understand.
  private static func element(_ id: String, _ bytes: [UInt8]) -> String {
    "<script type=\"application/octet-stream\" id=\"\(id)\">\(Data(bytes).base64EncodedString())</script>\n"
  }

  private static func policy(sources: String) throws -> String {
    let script = try hash(PageParts.script)
    let style = try hash(PageParts.style)
    return "default-src 'none'; script-src '\(script)'; style-src '\(style)'; \(sources); "
      + "base-uri 'none'; form-action 'none'"
  }

  private static func hash(_ text: String) throws -> String {
    "sha256-" + Data(try MessageDigest.of(Array(text.utf8))).base64EncodedString()
  }

  private func filled(policy: String) throws -> String {
    // The title comes last: whatever it contains is not filled in again.
    let values = [
      ("policy", escaped(policy)), ("language", language == .zh ? "zh-Hans" : "en"),
      ("style", PageParts.style),
      ("script", PageParts.script),
      ("title", escaped(title).replacingOccurrences(of: "{{", with: "{&#8203;{")),
    ]
    return values.reduce(PageParts.document) { text, value in
      text.replacingOccurrences(of: "{{\(value.0)}}", with: value.1)
    }
  }
}

/// Text as the content of an element or of an attribute in double quotes.
package func escaped(_ text: String) -> String {
  text.unicodeScalars.reduce(into: "") { result, scalar in
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value): result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
}
