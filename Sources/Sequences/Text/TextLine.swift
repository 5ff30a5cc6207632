// Text as lines: `label<TAB>text`, or text alone. A tab, a line feed and a backslash within the text or the
// label are written `\t`, `\n` and `\\`; any other backslash stands for itself.

import Failures

/// The line format of text.
public enum TextLine {
  private static let tab = UInt8(ascii: "\t")
  private static let backslash = UInt8(ascii: "\\")
  private static let escapes: [(letter: UInt8, byte: UInt8)] = [
    (UInt8(ascii: "t"), tab), (UInt8(ascii: "n"), UInt8(ascii: "\n")), (backslash, backslash),
  ]

  /// The line for a row, including its line feed.
  public static func line(label: String?, text: some Sequence<UInt8>) -> [UInt8] {
    var line: [UInt8] = []
    if let label {
      appendEscaped(label.utf8, to: &line)
      line.append(tab)
    }
    appendEscaped(text, to: &line)
    line.append(UInt8(ascii: "\n"))
    return line
  }

  /// The row in `line`; the first tab separates the label from the text.
  /// - Parameter labelSeparator: what separates several labels; nil if there is one.
  static func parse(_ line: ArraySlice<UInt8>, labelSeparator: String? = nil) throws(Failure) -> TextRecord {
    guard let separator = line.firstIndex(of: tab) else { return TextRecord(text: unescaped(line)) }
    let name = try LabelText.name(unescaped(line[..<separator]))
    return TextRecord(
      label: LabelText.label(name, separator: labelSeparator), text: unescaped(line[(separator + 1)...]))
  }

  private static func appendEscaped(_ bytes: some Sequence<UInt8>, to line: inout [UInt8]) {
    for byte in bytes {
      if let escape = escapes.first(where: { $0.byte == byte }) {
        line.append(backslash)
        line.append(escape.letter)
      } else {
        line.append(byte)
      }
    }
  }

  /// `bytes` with escapes resolved.
  static func unescaped(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard bytes.contains(backslash) else { return bytes }
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      if byte == backslash, let escape = escapes.first(where: { $0.letter == rest.first }) {
        result.append(escape.byte)
        rest.removeFirst()
      } else {
        result.append(byte)
      }
    }
    return result[...]
  }
}
