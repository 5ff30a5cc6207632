// What curves are drawn with on a text canvas.

/// The color and the character of a curve.
struct TextPen {
  /// The index in the palette.
  let color: Int
  /// The character to use without braille.
  let letter: Character

  /// `text` in a color of the palette, for terminals with 256 colors.
  static func colored(_ text: String, _ color: Int) -> String {
    "\u{1B}[38;5;\(Palette[color].terminal)m\(text)\u{1B}[0m"
  }
}
