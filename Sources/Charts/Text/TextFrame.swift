// Maps the values of a panel to the dots and cells of a canvas.

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

  /// A horizontal distance in dots.
  func dots(_ distance: Double) -> Int {
    let span = layout.x.range.upperBound - layout.x.range.lowerBound
    return max(1, TextFrame.whole(distance / span * Double(dotsAcross)))
  }

  /// The canvas line of a value.
  func line(_ value: Double, of canvas: TextCanvas) -> Int {
    min(canvas.height - 1, max(0, y(value) * canvas.height / dotsDown))
  }

  /// The canvas column of a horizontal position.
  func cell(_ value: Double, of canvas: TextCanvas) -> Int {
    min(canvas.width - 1, max(0, x(value) * canvas.width / dotsAcross))
  }

  /// Whether a point can be drawn; on a logarithmic axis, zero and negative values can't.
  func shows(_ x: Double, _ y: Double) -> Bool {
    x.isFinite && y.isFinite && (!layout.x.isLogarithmic || x > 0) && (!layout.y.isLogarithmic || y > 0)
  }

  private static func place(_ value: Double, _ axis: AxisLayout, dots: Int) -> Int {
    whole(axis.fraction(of: value) * Double(dots - 1))
  }

  /// The nearest integer, clamped to what fits any canvas.
  private static func whole(_ value: Double) -> Int {
    value.isFinite ? Int(min(max(value, -100_000), 100_000).rounded()) : -1
  }
}
