// Where the tokens of a text and the cells below them are in a picture. Text is measured by its number of letters, which is
// close enough for that.

import Failures

/// The places of tokens and cells in pixels from the upper left.
struct TokenHeatLayout {
  /// The margins.
  let left: Double
  static let (top, right, bottom) = (56.0, 24.0, 48.0)
  /// The heights of a token, a cell and the space between two lines.
  static let (token, cell, gap) = (24.0, 18.0, 14.0)
  private static let (letter, longest) = (8.6, 24)
  private static let (narrowest, space) = (22, 14)

  /// The tokens of each line, with their widths.
  let lines: [[(index: Int, width: Int)]]
  /// The names of the rows, with the ends of their scales.
  let names: [String]
  private let rows: Int

  /// - Parameter width: that of the picture in pixels.
  init(_ heat: TokenHeat, width: Int) {
    names = zip(heat.rows, heat.scales).map { $0.name + " " + $1.label(hasUnicode: true) }
    left = 24 + (names.map { Double(TextWidth.of($0)) * Self.letter }.max() ?? 0)
    rows = heat.rows.count
    lines = heat.lines(room: max(120, width - Int(left + Self.right)), width: Self.width)
  }

  /// The width of a token's column.
  private static func width(_ token: String) -> Int {
    max(narrowest, Int(Double(TextWidth.of(label(token))) * letter) + space)
  }

  /// A token as it is drawn.
  static func label(_ token: String) -> String { TextWidth.clipped(token, to: longest, ellipsis: "…") }

  /// The size of a picture in which all lines have room.
  static func size(_ heat: TokenHeat) -> PictureSize {
    let whole = heat.lines(room: .max / 2, width: width).first?.reduce(0) { $0 + $1.width } ?? 0
    let around = TokenHeatLayout(heat, width: 1400).left + right
    let width = min(1400, max(640, whole + Int(around.rounded(.up))))
    let layout = TokenHeatLayout(heat, width: width)
    return PictureSize(width: width, height: min(10_000, max(200, Int(layout.height))))
  }

  /// Throws `Failure` (usage) if a text doesn't fit into a picture.
  static func check(_ heat: TokenHeat, _ size: PictureSize) throws(Failure) {
    let layout = TokenHeatLayout(heat, width: size.width)
    guard layout.height > Double(size.height) else { return }
    throw .usage(
      "the text needs a picture \(Int(layout.height.rounded(.up))) pixels high, and this one has \(size.height)",
      remedy: "show the first tokens with --samples, or choose a larger --size, at most 10000x10000")
  }

  /// The height of a line with its cells.
  private var lineHeight: Double { Self.token + Double(rows) * Self.cell + Self.gap }
  /// The height of a picture with all lines.
  var height: Double { Self.top + Double(lines.count) * lineHeight + Self.bottom }

  /// The middle of the legend.
  var legend: Double { height - Self.bottom + 18 }

  /// The upper edge of a line.
  func y(line: Int) -> Double { Self.top + Double(line) * lineHeight }
  /// The upper edge of a cell.
  func y(line: Int, row: Int) -> Double { y(line: line) + Self.token + Double(row) * Self.cell }

  /// Each token of a line with its left and right edge.
  func places(line: Int) -> [(index: Int, left: Double, right: Double)] {
    var x = left
    return lines[line].map { token in
      defer { x += Double(token.width) }
      return (token.index, x, x + Double(token.width))
    }
  }
}
