// Decisions about inputs, as text files list them: which are read and which are refused, here and by the reference
// implementation of their format.

import Foundation
import Testing

/// What happens to an input.
enum Verdict: String {
  /// Read here and by the reference.
  case accept
  /// Refused here and by the reference.
  case refuse
  /// Refused here, read by the reference.
  case stricter
  /// Read here, refused by the reference.
  case wider
  /// Read by both, but differently: here without what other programs leave around the values.
  case cleaned

  var isReadHere: Bool { [.accept, .wider, .cleaned].contains(self) }
  var isReadByReference: Bool { [.accept, .stricter, .cleaned].contains(self) }
}

/// A line of a list: a verdict and the fields after it, separated by tabs; `\xNN` is one byte.
struct Decision {
  let verdict: Verdict
  let fields: [[UInt8]]
  let line: String

  /// The decisions in a file of the folder Cases. Empty lines and those that begin with `#` are none.
  static func list(_ name: String) throws -> [Decision] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      return Decision(
        verdict: try #require(Verdict(rawValue: String(fields[0])), "\(line)"),
        fields: fields.dropFirst().map { unescaped(String($0)) }, line: String(line))
    }
  }

  private static func unescaped(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      let code = String(decoding: rest.dropFirst(2).prefix(2), as: UTF8.self)
      if rest.starts(with: Array(#"\x"#.utf8)), code.utf8.count == 2, let value = UInt8(code, radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(4)
      } else {
        bytes.append(byte)
        rest = rest.dropFirst()
      }
    }
    return bytes
  }
}
