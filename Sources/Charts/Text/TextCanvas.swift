// A grid of terminal cells to draw curves on: braille dots, two by four per cell, or one character per cell
// if the terminal has no braille or no colors.

/// The plot area of one panel.
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

  /// Dots across.
  var dotsAcross: Int { isBraille ? width * 2 : width }
  /// Dots down.
  var dotsDown: Int { isBraille ? height * 4 : height }

  /// The bit of each dot in a braille cell, by row and column (Unicode block U+2800).
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// Sets the dot at `x`, `y` from the upper left; does nothing outside the canvas.
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

  /// Draws a line between two dots; a dashed one leaves out every other pair of columns.
  mutating func line(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int), pen: TextPen, isDashed: Bool = false) {
    let steps = max(abs(to.x - from.x), abs(to.y - from.y))
    guard steps > 0 else { return dot(from.x, from.y, pen: pen) }
    for step in 0...steps {
      let x = from.x + rounded(step * (to.x - from.x), over: steps)
      let y = from.y + rounded(step * (to.y - from.y), over: steps)
      if !isDashed || (isBraille ? x / 4 : x / 2) % 2 == 0 { dot(x, y, pen: pen) }
    }
  }

  /// Puts a character into the cell that contains a dot.
  mutating func letter(_ letter: Character, _ x: Int, _ y: Int, color: Int) {
    guard (0..<dotsAcross).contains(x), (0..<dotsDown).contains(y) else { return }
    let cell = isBraille ? y / 4 * width + x / 2 : y * width + x
    letters[cell] = letter
    colors[cell] = color
  }

  private func rounded(_ value: Int, over divisor: Int) -> Int {
    Int((Double(value) / Double(divisor)).rounded())
  }

  /// One line of cells; neighbors of the same color share an escape sequence.
  func text(line: Int, hasColor: Bool) -> String {
    var out = ""
    var cell = line * width
    while cell < (line + 1) * width {
      let color = hasColor ? colors[cell] : nil
      var run = ""
      repeat {
        let letter = letters[cell] ?? braille(dots[cell])
        run.append(letter)
        // A wide letter covers the next cell too.
        cell += max(1, TextWidth.of(String(letter)))
      } while cell < (line + 1) * width && (hasColor ? colors[cell] : nil) == color
      out += color.map { TextPen.colored(run, $0) } ?? run
    }
    return out
  }

  private func braille(_ bits: UInt8) -> Character {
    bits == 0 ? " " : Character(Unicode.Scalar(0x2800 + UInt32(bits)) ?? " ")
  }
}
