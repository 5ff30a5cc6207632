// The width of text in a terminal.

/// The number of cells that text occupies in a terminal, where Chinese characters are two cells wide.
enum TextWidth {
  /// The width of `text`.
  static func of(_ text: some StringProtocol) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  /// The longest prefix of `text` that is at most `width` wide.
  static func prefix(_ text: String, width: Int) -> String {
    var taken = 0
    return String(
      text.prefix { character in
        taken += of(String(character))
        return taken <= width
      })
  }

  /// Two for East Asian wide and full-width blocks, zero for combining marks (Unicode Annex 11).
  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default:
      return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
    }
  }
}
