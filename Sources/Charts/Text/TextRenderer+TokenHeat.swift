// A text with shades below its tokens, in lines of the terminal's width: colored where there are colors, else as
// characters, with the scale at the end.

extension TextRenderer {
  /// From the lowest to the highest value; the second ones are for negative numbers, from zero on.
  private static let shades: [Character] = [" ", "░", "▒", "▓", "█"]
  private static let letters: [Character] = [" ", ".", ":", "+", "#"]
  private static let negative: [Character] = [" ", "-", "=", "%", "@"]
  /// Of a terminal's 256 colors: from white to dark blue, and from white to dark orange.
  private static let (blues, oranges) = ([255, 153, 75, 32, 25], [255, 223, 215, 208, 166])
  /// The longest token and name, which leave room for each other in a narrow terminal.
  private var longestToken: Int { min(20, max(4, columns / 3)) }
  private var longestName: Int { min(28, max(6, columns / 2 - 4)) }

  /// The lines of a text with shades.
  func written(_ heat: TokenHeat) -> [String] {
    let scales = heat.scales
    let names = zip(heat.rows, scales).map { row, scale in
      clipped(row.name + " " + scale.label(hasUnicode: style.hasUnicode), to: longestName)
    }
    let margin = (names.map(TextWidth.of).max() ?? 0) + 2
    let tokens = heat.tokens.map { clipped($0, to: longestToken) }
    // Between letters, as tokens, no space is needed.
    let gap = tokens.allSatisfy { TextWidth.of($0) <= 1 } ? 0 : 1
    let lines = heat.lines(room: max(longestToken + 1, columns - margin)) {
      max(1, TextWidth.of(clipped($0, to: longestToken))) + gap
    }
    let text = lines.flatMap { line -> [String] in
      let words = line.map { padded(tokens[$0.index], $0.width) }.joined()
      let shades = names.indices.map { row in
        padded(names[row], margin)
          + line.map { token in
            shade(heat.rows[row].values[token.index], scales[row], token.width - gap) + spaces(gap)
          }.joined()
      }
      return [spaces(margin) + words] + shades + [""]
    }
    let legend = legend(isSigned: scales.contains(where: \.isSigned))
    return text + [spaces(margin) + legend + caption(heat, room: columns - margin - 12)]
  }

  /// What the shades mean, where there is room.
  private func caption(_ heat: TokenHeat, room: Int) -> String {
    room < 8 ? "" : " " + clipped(heat.caption, to: room)
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  private func padded(_ text: String, _ width: Int) -> String {
    text + spaces(width - TextWidth.of(text))
  }

  private func shade(_ value: Double, _ scale: HeatScale, _ width: Int) -> String {
    guard let fraction = scale.fraction(of: value) else { return String(repeating: "?", count: width) }
    return shade(fraction, scale.isSigned, width)
  }

  /// - Parameter fraction: the place on the scale; in the middle of a signed one is zero.
  private func shade(_ fraction: Double, _ isSigned: Bool, _ width: Int) -> String {
    let size = isSigned ? abs(fraction - 0.5) * 2 : fraction
    let level = min(4, max(0, Int(size * 5)))
    let isNegative = isSigned && fraction < 0.5
    if style.hasColor {
      let color = (isNegative ? Self.oranges : Self.blues)[level]
      return "\u{1B}[48;5;\(color)m\(spaces(width))\u{1B}[0m"
    }
    let characters = isNegative ? Self.negative : style.hasUnicode ? Self.shades : Self.letters
    return String(repeating: characters[level], count: width)
  }

  /// All shades in order.
  private func legend(isSigned: Bool) -> String {
    let places =
      isSigned ? [0.05, 0.15, 0.25, 0.35, 0.5, 0.65, 0.75, 0.85, 0.95] : [0.1, 0.3, 0.5, 0.7, 0.9]
    return "[" + places.map { shade($0, isSigned, 1) }.joined() + "]"
  }
}
