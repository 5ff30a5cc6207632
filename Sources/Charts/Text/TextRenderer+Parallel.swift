// Parallel axes as text: the lines of the runs, and over them the axes with their labels.

extension TextRenderer {
  /// The lines of a chart of parallel axes.
  func parallel(_ axes: ParallelAxes, lines: Int) -> [String] {
    let layout = ParallelLayout(axes, ticks: max(2, lines / 4))
    let isBraille = style.hasUnicode && style.hasColor
    var canvas = TextCanvas(width: columns - 1, height: max(5, lines - 2), isBraille: isBraille)
    let frame = ParallelFrame(layout, canvas)
    for (place, run) in axes.order.enumerated() {
      let pen = pen(merit: axes.merits[run], isBest: place == axes.order.count - 1)
      let points = layout.lines.enumerated().map { (frame.x($0), frame.y($1.positions[run])) }
      for (from, to) in zip(points, points.dropFirst()) { canvas.line(from, to, pen: pen) }
    }
    for (place, line) in layout.lines.enumerated() { draw(line, at: place, on: &canvas, frame) }
    return [names(layout, frame)]
      + (0..<canvas.height).map { canvas.text(line: $0, hasColor: style.hasColor) }
  }

  /// Gray for the worse half, blue for the better one, orange for the best run.
  private func pen(merit: Double, isBest: Bool) -> TextPen {
    if isBest { return TextPen(color: 1, letter: "*") }
    return merit >= 0.5 ? TextPen(color: 0, letter: "o") : TextPen(color: 6, letter: ".")
  }

  /// The axis, and its labels at the right of it; of the last one, at the left.
  private func draw(
    _ line: ParallelLayout.Line, at place: Int, on canvas: inout TextCanvas, _ frame: ParallelFrame
  ) {
    let x = frame.x(place)
    for y in frame.y(1)...frame.y(0) {
      canvas.letter(style.hasUnicode ? "│" : "|", x, y, color: 6)
    }
    for tick in line.ticks where (ParallelLayout.missing...1).contains(tick.position) {
      let label = " \(clipped(tick.label, to: frame.pitch - 4)) "
      let width = TextWidth.of(label)
      var start = frame.isLast(place) ? x - width * frame.dotsPerCell : x + frame.dotsPerCell
      for letter in label {
        canvas.letter(letter, start, frame.y(tick.position), color: 6)
        start += TextWidth.of(String(letter)) * frame.dotsPerCell
      }
    }
  }

  /// The names of the axes, each above its axis.
  private func names(_ layout: ParallelLayout, _ frame: ParallelFrame) -> String {
    layout.lines.enumerated().reduce(into: "") { text, axis in
      let name = clipped(axis.element.name, to: frame.pitch - 2)
      let column = frame.x(axis.offset) / frame.dotsPerCell
      let start = frame.isLast(axis.offset) ? column + 1 - TextWidth.of(name) : column
      text += String(repeating: " ", count: max(axis.offset == 0 ? 0 : 1, start - TextWidth.of(text))) + name
    }
  }
}

/// Maps positions on parallel axes to the dots of a canvas.
private struct ParallelFrame {
  private let count: Int
  private let canvas: (across: Int, down: Int)
  private let lowest: Double
  let dotsPerCell: Int

  init(_ layout: ParallelLayout, _ canvas: TextCanvas) {
    count = layout.lines.count
    self.canvas = (canvas.dotsAcross, canvas.dotsDown)
    dotsPerCell = canvas.dotsAcross / canvas.width
    lowest =
      layout.lines.contains { $0.positions.contains(ParallelLayout.missing) } ? ParallelLayout.missing : 0
  }

  /// The columns from an axis to the next.
  var pitch: Int { max(4, canvas.across / dotsPerCell / max(1, count - 1)) }

  func isLast(_ place: Int) -> Bool { place > 0 && place == count - 1 }

  func x(_ place: Int) -> Int { place * (canvas.across - 1) / max(1, count - 1) }

  func y(_ position: Double) -> Int {
    let fraction = (position - lowest) / (1 - lowest)
    return canvas.down - 1 - Int((min(1, max(0, fraction)) * Double(canvas.down - 1)).rounded())
  }
}
