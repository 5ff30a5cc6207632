// The width of text on a terminal.

/// The number of columns that `text` occupies on a terminal: two for Chinese, Japanese and Korean characters, none
/// for combining marks.
package func displayWidth(_ text: String) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.reduce(0) { $0 + width(of: $1) }
}

/// The beginning of `text` that fits into `columns`, with an ellipsis if it is truncated.
package func clipped(_ text: String, to columns: Int) -> String {
  guard displayWidth(text) > columns else { return text }
  var (kept, used) = ("", 1)
  for letter in text {
    used += width(of: letter)
    if used > columns { break }
    kept.append(letter)
  }
  return columns > 0 ? kept + "…" : ""
}

private func width(of letter: Character) -> Int {
  guard let scalar = letter.unicodeScalars.first else { return 0 }
  if scalar.properties.generalCategory == .nonspacingMark { return 0 }
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
    return 2
  default: return 1
  }
}
