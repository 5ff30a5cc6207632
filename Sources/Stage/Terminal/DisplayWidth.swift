// The width of text on a terminal.

/// The number of columns that `text` occupies on a terminal: two for Chinese, Japanese and Korean characters and for
/// emoji, none for combining marks.
public func displayWidth(_ text: String) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.reduce(0) { $0 + width(of: $1) }
}

/// The beginning of `text` that fits into `columns`, with an ellipsis if it is truncated.
public func clipped(_ text: String, to columns: Int) -> String {
  guard displayWidth(text) > columns else { return text }
  var (kept, used) = ("", 1)
  for letter in text {
    used += width(of: letter)
    if used > columns { break }
    kept.append(letter)
  }
  return columns > 0 ? kept + "…" : ""
}

/// The width of a character with what is combined with it. Emoji joined by U+200D are shown as one.
private func width(of letter: Character) -> Int {
  var (total, isJoined) = (0, false)
  for scalar in letter.unicodeScalars {
    switch scalar.value {
    case 0x200D: isJoined = true
    case 0xFE0F: total = max(total, 2)
    // Tones of skin belong to the emoji before them.
    case 0x1F3FB...0x1F3FF where total > 0: break
    default:
      if !isJoined { total += width(of: scalar) }
      isJoined = false
    }
  }
  return total
}

private func width(of scalar: Unicode.Scalar) -> Int {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format, .control: return scalar.value == 0xAD ? 1 : 0
  default: break
  }
  switch scalar.value {
  // The vowels and final consonants of Korean syllables that are written in parts.
  case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
  // Two of these make a flag.
  case 0x1F1E6...0x1F1FF: return 1
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18D08, 0x1AFF0...0x1B2FB,
    0x20000...0x3FFFD:
    return 2
  default: return scalar.properties.isEmojiPresentation ? 2 : 1
  }
}
