// The colors: Okabe and Ito's set, which people with any common form of color blindness can tell apart
// (https://jfly.uni-koeln.de/color/), without its yellow, which is too pale for a line on white.

/// A color for pictures and the nearest of a terminal's 256 colors.
struct PaletteColor: Sendable, Equatable {
  /// `#RRGGBB`.
  let hex: String
  /// The index among a terminal's 256 colors.
  let terminal: Int
}

enum Palette {
  private static let colors = [
    PaletteColor(hex: "#0072B2", terminal: 32),
    PaletteColor(hex: "#D55E00", terminal: 166),
    PaletteColor(hex: "#009E73", terminal: 36),
    PaletteColor(hex: "#CC79A7", terminal: 175),
    PaletteColor(hex: "#E69F00", terminal: 178),
    PaletteColor(hex: "#56B4E9", terminal: 74),
    PaletteColor(hex: "#4D4D4D", terminal: 245),
  ]

  /// How often the palette has been used up before the color at `index`.
  static func round(_ index: Int) -> Int { max(0, index) / colors.count }

  /// The color at `index`; the palette repeats.
  static subscript(index: Int) -> PaletteColor {
    let count = colors.count
    return colors[(index % count + count) % count]
  }
}
