// A grid of terminal cells that curves are drawn on: braille dots, two by four to a cell, or one letter a
// cell where braille or colour can't be shown.

/// How a terminal can be drawn on.
public struct TextStyle: Sendable, Equatable {
  /// Columns to draw in.
  public var columns: Int
  /// Lines to draw in, title and legend included.
  public var lines: Int
  /// Whether curves may be told apart by colour.
  public var hasColor: Bool
  /// Whether the terminal shows characters beyond ASCII.
  public var hasUnicode: Bool

  /// Unless told otherwise 80 columns by 24 lines, without colour, with characters beyond ASCII.
  public init(columns: Int = 80, lines: Int = 24, hasColor: Bool = false, hasUnicode: Bool = true) {
    self.columns = columns
    self.lines = lines
    self.hasColor = hasColor
    self.hasUnicode = hasUnicode
  }
}

/// The drawing area of one panel.
struct TextCanvas {
  /// Cells across and down.
  let width: Int
  let height: Int
  private let isBraille: Bool
  private var dots: [UInt8]
  private var letters: [Character?]
  private var colors: [Int?]

  init(width: Int, height: Int, isBraille: Bool) {
    self.width = max(1, width)
    self.height = max(1, height)
    self.isBraille = isBraille
    dots = [UInt8](repeating: 0, count: self.width * self.height)
    letters = [Character?](repeating: nil, count: dots.count)
    colors = [Int?](repeating: nil, count: dots.count)
  }

  /// Dots across, of which a curve is drawn.
  var dotsAcross: Int { isBraille ? width * 2 : width }
  /// Dots down.
  var dotsDown: Int { isBraille ? height * 4 : height }

  /// The bit of each dot of a braille cell, by row and column (Unicode's block at U+2800).
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// Sets the dot at `x`, `y` from the upper left; outside the canvas nothing happens.
  mutating func dot(_ x: Int, _ y: Int, pen: TextPen) {
    guard (0..<dotsAcross).contains(x), (0..<dotsDown).contains(y) else { return }
    let cell = isBraille ? y / 4 * width + x / 2 : y * width + x
    colors[cell] = pen.color
    if isBraille {
      dots[cell] |= TextCanvas.bits[y % 4][x % 2]
    } else {
      letters[cell] = pen.letter
    }
  }

  /// Joins two dots.
  mutating func line(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int), pen: TextPen) {
    let steps = max(abs(to.x - from.x), abs(to.y - from.y))
    guard steps > 0 else { return dot(from.x, from.y, pen: pen) }
    for step in 0...steps {
      let x = from.x + rounded(step * (to.x - from.x), over: steps)
      let y = from.y + rounded(step * (to.y - from.y), over: steps)
      dot(x, y, pen: pen)
    }
  }

  /// Puts a letter over the cell in which a dot lies.
  mutating func letter(_ letter: Character, _ x: Int, _ y: Int, color: Int) {
    guard (0..<dotsAcross).contains(x), (0..<dotsDown).contains(y) else { return }
    let cell = isBraille ? y / 4 * width + x / 2 : y * width + x
    letters[cell] = letter
    colors[cell] = color
  }

  private func rounded(_ value: Int, over divisor: Int) -> Int {
    Int((Double(value) / Double(divisor)).rounded())
  }

  /// One line of cells, neighbours of one colour wrapped together.
  func text(line: Int, hasColor: Bool) -> String {
    var out = ""
    var cell = line * width
    while cell < (line + 1) * width {
      let color = hasColor ? colors[cell] : nil
      var run = ""
      repeat {
        run.append(letters[cell] ?? braille(dots[cell]))
        cell += 1
      } while cell < (line + 1) * width && (hasColor ? colors[cell] : nil) == color
      out += color.map { TextPen.colored(run, $0) } ?? run
    }
    return out
  }

  private func braille(_ bits: UInt8) -> Character {
    bits == 0 ? " " : Character(Unicode.Scalar(0x2800 + UInt32(bits)) ?? " ")
  }
}

/// What a curve is drawn with.
struct TextPen {
  /// The palette's number.
  let color: Int
  /// The letter where there are no dots.
  let letter: Character

  /// `text` in a colour of the palette, for terminals of 256 colours.
  static func colored(_ text: String, _ color: Int) -> String {
    "\u{1B}[38;5;\(Palette[color].terminal)m\(text)\u{1B}[0m"
  }
}
