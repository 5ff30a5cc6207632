// Renders a chart as lines of text, for a terminal or a log: one panel below the other, each with axes, ticks
// and, if its curves have names, a legend.

/// Draws charts as text.
public struct TextRenderer: Sendable {
  let style: TextStyle

  /// Draws for a terminal with the size and the capabilities in `style`.
  public init(_ style: TextStyle) {
    self.style = style
  }

  /// The chart as lines, each terminated by a line break.
  public func text(_ chart: Chart) -> String {
    var lines: [String] = chart.title.isEmpty ? [] : [clipped(chart.title, to: style.columns)]
    // Several panels may need more lines than the terminal has, since each has a minimum height.
    let least = chart.panels.count > 1 ? 13 : 6
    let room = max(least, (style.lines - lines.count) / max(1, chart.panels.count))
    for panel in chart.panels {
      if chart.panels.count > 1, !panel.title.isEmpty {
        lines.append(clipped(panel.title, to: style.columns))
      }
      lines +=
        panel.tokenHeat.map(written) ?? panel.tokens.map(list) ?? panel.matrix.map { table($0, panel) }
        ?? panel.heat.map { heat($0, panel) } ?? panel.parallel.map { parallel($0, lines: room - 1) }
        ?? plot(panel, lines: room - 1)
    }
    return lines.map { withoutTrailingSpaces($0) + "\n" }.joined()
  }

  private static let letters: [Character] = [
    "*", "o", "+", "x", "#", "@", "%", "=", "$", "&", "~", "^", "A", "B", "C", "D", "E", "F", "G", "H",
  ]
  private static let symbols: [Character] = ["●", "■", "▲", "◆", "○", "□", "△"]

  /// The symbol at the points of a marked curve.
  private func symbol(_ color: Int) -> Character {
    let symbols = style.hasUnicode && style.hasColor ? TextRenderer.symbols : TextRenderer.letters
    return symbols[abs(color) % symbols.count]
  }

  /// A curve's color and character; without colors, only the character distinguishes curves.
  private func pen(_ color: Int) -> TextPen {
    TextPen(color: color, letter: TextRenderer.letters[abs(color) % TextRenderer.letters.count])
  }

  /// What a cut text ends with.
  var ellipsis: String { style.hasUnicode ? "…" : "~" }

  /// The terminal's width and height.
  var columns: Int { style.columns }
  var lines: Int { style.lines }

  private func usesBraille(_ panel: Panel) -> Bool {
    style.hasUnicode && (style.hasColor || panel.series.count + panel.marks.count <= 1)
  }

  private func withoutTrailingSpaces(_ line: String) -> String {
    var end = line.endIndex
    while end > line.startIndex, line[line.index(before: end)] == " " { end = line.index(before: end) }
    return String(line[..<end])
  }

  func clipped(_ text: String, to width: Int) -> String {
    TextWidth.clipped(text, to: width, ellipsis: ellipsis)
  }
}

// MARK: - Curves

extension TextRenderer {
  private func plot(_ panel: Panel, lines: Int) -> [String] {
    let height = max(3, lines - 4)
    let layout = PanelLayout(panel, xTicks: max(2, style.columns / 16), yTicks: max(2, height / 3))
    let margin = (layout.y.ticks.map { TextWidth.of($0.label) }.max() ?? 1) + 1
    var canvas = TextCanvas(
      width: max(10, style.columns - margin - 1), height: height, isBraille: usesBraille(panel))
    let frame = TextFrame(layout, canvas)
    for mark in panel.marks { draw(mark, on: &canvas, frame) }
    for series in panel.series { draw(series, on: &canvas, frame) }
    var out = legend(panel)
    out += body(canvas, frame, margin: margin)
    out += axis(frame, canvas, margin: margin)
    out.append(centered(clipped(layout.x.label, to: style.columns), in: style.columns))
    return out
  }

  private func draw(_ mark: Mark, on canvas: inout TextCanvas, _ frame: TextFrame) {
    let x = frame.x(mark.x)
    for y in stride(from: 0, to: canvas.dotsDown, by: 2) { canvas.dot(x, y, pen: markPen(mark)) }
  }

  private func markPen(_ mark: Mark) -> TextPen { TextPen(color: mark.color, letter: "|") }

  private func draw(_ series: Series, on canvas: inout TextCanvas, _ frame: TextFrame) {
    if series.style == .band { return drawLimits(series, on: &canvas, frame) }
    let pen = pen(series.color)
    var previous: (x: Int, y: Int)?
    for (x, y) in zip(series.x, series.y) {
      guard frame.shows(x, y) else {
        previous = nil
        continue
      }
      let here = (x: frame.x(x), y: frame.y(y))
      draw(series.style, from: previous, to: here, on: &canvas, frame, pen)
      previous = here
    }
  }

  /// The limits of a band, as dashed curves.
  private func drawLimits(_ band: Series, on canvas: inout TextCanvas, _ frame: TextFrame) {
    for limit in [band.low, band.y] {
      draw(Series(band.name, style: .dashes, color: band.color, x: band.x, y: limit), on: &canvas, frame)
    }
  }

  private func draw(
    _ style: Series.Style, from previous: (x: Int, y: Int)?, to here: (x: Int, y: Int),
    on canvas: inout TextCanvas, _ frame: TextFrame, _ pen: TextPen
  ) {
    switch style {
    case .points: canvas.dot(here.x, here.y, pen: pen)
    case .largeDots: canvas.letter(self.style.hasUnicode ? "●" : "O", here.x, here.y, color: pen.color)
    case .bars(let width):
      let half = frame.dots(width) / 2
      for x in (here.x - half)...(here.x + max(0, half - 1)) {
        canvas.line((x, frame.y(0)), (x, here.y), pen: pen)
      }
    case .steps:
      canvas.line(previous ?? here, (here.x, (previous ?? here).y), pen: pen)
      canvas.line((here.x, (previous ?? here).y), here, pen: pen)
    case .line: canvas.line(previous ?? here, here, pen: pen)
    case .dashes, .band: canvas.line(previous ?? here, here, pen: pen, isDashed: true)
    case .markedLine, .markedDashes:
      canvas.line(previous ?? here, here, pen: pen, isDashed: style == .markedDashes)
      canvas.letter(symbol(pen.color), here.x, here.y, color: pen.color)
    }
  }
}

// MARK: - Around the curves

extension TextRenderer {
  /// The name and symbol of each curve.
  private func legend(_ panel: Panel) -> [String] {
    let braille = usesBraille(panel)
    let curves = panel.series.filter { !$0.name.isEmpty }.map { series in
      (text: colored(sign(series, isBraille: braille), series.color) + " " + series.name, name: series.name)
    }
    let marks = panel.marks.filter { !$0.name.isEmpty }.map { mark in
      (text: colored(braille ? "┊" : "|", mark.color) + " " + mark.name, name: mark.name)
    }
    return wrapped(curves + marks)
  }

  /// Entries of a legend in as many lines as they need; an entry is a text with its name, since colors take no room.
  private func wrapped(_ entries: [(text: String, name: String)]) -> [String] {
    var lines: [String] = []
    var used = style.columns
    for entry in entries {
      let width = TextWidth.of(entry.name) + 7
      if used + width > style.columns {
        lines.append("  " + entry.text)
        used = width + 2
      } else {
        lines[lines.count - 1] += "   " + entry.text
        used += width
      }
    }
    return lines
  }

  /// What a curve looks like.
  private func sign(_ series: Series, isBraille: Bool) -> String {
    switch series.style {
    case .largeDots: style.hasUnicode ? "●" : "O"
    case .markedLine where isBraille, .markedDashes where isBraille: "─\(symbol(series.color))─"
    default: isBraille ? "──" : String(pen(series.color).letter)
    }
  }

  private func colored(_ text: String, _ color: Int) -> String {
    style.hasColor ? TextPen.colored(text, color) : text
  }

  /// The canvas with the vertical axis on its left.
  private func body(_ canvas: TextCanvas, _ frame: TextFrame, margin: Int) -> [String] {
    var labels: [Int: String] = [:]
    for tick in frame.layout.y.ticks { labels[frame.line(tick.position, of: canvas)] = tick.label }
    return (0..<canvas.height).map { line in
      let label = labels[line] ?? ""
      let edge = labels[line] == nil ? (style.hasUnicode ? "│" : "|") : (style.hasUnicode ? "┤" : "+")
      let indent = String(repeating: " ", count: max(0, margin - 1 - TextWidth.of(label)))
      return indent + label + " " + edge + canvas.text(line: line, hasColor: style.hasColor)
    }
  }

  /// The horizontal axis and its labels; a label that would touch its neighbor is left out.
  private func axis(_ frame: TextFrame, _ canvas: TextCanvas, margin: Int) -> [String] {
    var edge = [Character](repeating: style.hasUnicode ? "─" : "-", count: canvas.width)
    var labels = ""
    for tick in frame.layout.x.ticks {
      let cell = frame.cell(tick.position, of: canvas)
      edge[cell] = style.hasUnicode ? "┬" : "+"
      let start = margin + 1 + cell - TextWidth.of(tick.label) / 2
      let end = TextWidth.of(labels)
      guard start >= end + (end == 0 ? 0 : 2), start + TextWidth.of(tick.label) <= style.columns else {
        continue
      }
      labels += String(repeating: " ", count: start - end) + tick.label
    }
    let corner = style.hasUnicode ? "└" : "+"
    return [String(repeating: " ", count: margin) + corner + String(edge), labels]
  }

  private func centered(_ text: String, in width: Int) -> String {
    String(repeating: " ", count: max(0, (width - TextWidth.of(text)) / 2)) + text
  }
}

// MARK: - Confusion matrices

extension TextRenderer {
  /// The counts, with a row per true class and a column per predicted class.
  private func table(_ matrix: ConfusionMatrix, _ panel: Panel) -> [String] {
    let counts = matrix.counts.map { $0.map(String.init) }
    let names = matrix.names.map { clipped($0, to: 20) }
    let width = ((counts.flatMap { $0 } + names).map(TextWidth.of).max() ?? 1) + 2
    let head = String(repeating: " ", count: width) + names.map { right($0, width) }.joined()
    let rows = zip(names, counts).map { name, row in
      right(name, width) + row.map { right($0, width) }.joined()
    }
    return [
      "  \(panel.y.label) \(style.hasUnicode ? "↓" : "v")  \(panel.x.label) \(style.hasUnicode ? "→" : ">")",
      head,
    ] + rows
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - TextWidth.of(text))) + text
  }
}
