// Text that is safe to print on a terminal.

/// `text` in a form that is safe to print in one line on a terminal: control characters, which may occur in a file's
/// name or contents, become visible escapes.
public func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  return text.unicodeScalars.reduce(into: "") { $0 += printable($1) }
}

/// `text` in a form that is safe to print in several lines: its line feeds remain, all else is as in `printable`.
public func printableLines(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { isControl($0) && $0 != "\n" }) else { return text }
  return text.unicodeScalars.reduce(into: "") { $0 += $1 == "\n" ? "\n" : printable($1) }
}

/// A character, or its escape if it is a control character.
func printable(_ scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\n": "\\n"
  case "\t": "\\t"
  case "\r": "\\r"
  case _ where isControl(scalar): "\\u{\(String(scalar.value, radix: 16))}"
  default: String(Character(scalar))
  }
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
}
