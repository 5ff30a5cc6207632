// From the values of a panel to the dots and cells of a canvas, and how wide text stands in a terminal.

/// The mapping of a panel's axes onto a canvas.
struct TextFrame {
  let layout: PanelLayout
  private let dotsAcross: Int
  private let dotsDown: Int

  init(_ layout: PanelLayout, _ canvas: TextCanvas) {
    self.layout = layout
    dotsAcross = canvas.dotsAcross
    dotsDown = canvas.dotsDown
  }

  /// The dot column of a horizontal position.
  func x(_ value: Double) -> Int {
    TextFrame.place(value, layout.x, dots: dotsAcross)
  }

  /// The dot row of a value, counted from the top.
  func y(_ value: Double) -> Int {
    dotsDown - 1 - TextFrame.place(value, layout.y, dots: dotsDown)
  }

  /// How many dots a horizontal distance takes.
  func dots(_ distance: Double) -> Int {
    let span = layout.x.range.upperBound - layout.x.range.lowerBound
    return max(1, TextFrame.whole(distance / span * Double(dotsAcross)))
  }

  /// The canvas line in which a value lies.
  func line(_ value: Double, of canvas: TextCanvas) -> Int {
    min(canvas.height - 1, max(0, y(value) * canvas.height / dotsDown))
  }

  /// The canvas column in which a horizontal position lies.
  func cell(_ value: Double, of canvas: TextCanvas) -> Int {
    min(canvas.width - 1, max(0, x(value) * canvas.width / dotsAcross))
  }

  /// Whether a point has a place: on a logarithmic axis zero and below have none.
  func shows(_ x: Double, _ y: Double) -> Bool {
    x.isFinite && y.isFinite && (!layout.x.isLogarithmic || x > 0) && (!layout.y.isLogarithmic || y > 0)
  }

  private static func place(_ value: Double, _ axis: AxisLayout, dots: Int) -> Int {
    whole(axis.share(of: value) * Double(dots - 1))
  }

  /// The nearest whole number, held to what a canvas can ever have.
  private static func whole(_ value: Double) -> Int {
    value.isFinite ? Int(min(max(value, -100_000), 100_000).rounded()) : -1
  }
}

/// The cells that text takes in a terminal, where Chinese characters are two cells wide.
enum TextWidth {
  /// The width of `text`.
  static func of(_ text: some StringProtocol) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  /// The longest beginning of `text` that is at most `width` wide.
  static func prefix(_ text: String, width: Int) -> String {
    var taken = 0
    return String(
      text.prefix { character in
        taken += of(String(character))
        return taken <= width
      })
  }

  /// East Asian wide and full-width blocks count two, combining marks none (Unicode Annex 11).
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
