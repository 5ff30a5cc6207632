// A text with colored cells below its tokens, in a picture.

extension GnuplotScript {
  /// The lines of tokens with their cells, in coordinates that are pixels from the upper left.
  mutating func draw(_ heat: TokenHeat, index: Int, title: String) {
    let layout = TokenHeatLayout(heat, width: size.width)
    line("unset border\nunset xtics\nunset ytics\nunset grid\nunset key\nset xlabel ''\nset ylabel ''")
    line("set lmargin at screen 0\nset rmargin at screen 1\nset tmargin at screen 1\nset bmargin at screen 0")
    line("set xrange [0:\(size.width)]\nset yrange [\(size.height):0]")
    write(title, x: layout.left, y: 26, place: "left font ',15'", color: "#222222")
    for number in layout.lines.indices { write(heat, line: number, layout) }
    write(
      heat.caption, x: layout.left + Self.legendWidth + 10, y: layout.legend, place: "left", color: "#4D4D4D")
    let cells = "using 1:2:3:4:5:6:7 with boxxyerror fillstyle solid 1 noborder fillcolor rgb variable"
    line("plot $p\(index)t \(cells)")
  }

  private static let legendWidth = 120.0

  private mutating func write(_ heat: TokenHeat, line number: Int, _ layout: TokenHeatLayout) {
    for (row, name) in layout.names.enumerated() {
      let y = layout.y(line: number, row: row) + TokenHeatLayout.cell / 2
      write(name, x: layout.left - 10, y: y, place: "right", color: "#4D4D4D")
    }
    let y = layout.y(line: number) + TokenHeatLayout.token / 2
    for token in layout.places(line: number) {
      let label = TokenHeatLayout.label(heat.tokens[token.index])
      write(label, x: (token.left + token.right) / 2, y: y, place: "center", color: "#222222")
    }
  }

  private mutating func write(_ text: String, x: Double, y: Double, place: String, color: String) {
    line("set label \(GnuplotText.quoted(text)) at \(x),\(y) \(place) textcolor rgb '\(color)'")
  }

  /// The center, the edges and the color of each cell, and of the legend's.
  func cells(_ heat: TokenHeat) -> [[Double]] {
    let layout = TokenHeatLayout(heat, width: size.width)
    let scales = heat.scales
    let all = layout.lines.indices.flatMap { number in
      layout.places(line: number).flatMap { token in
        heat.rows.indices.compactMap { row -> [Double]? in
          let scale = scales[row]
          guard let fraction = scale.fraction(of: heat.rows[row].values[token.index]) else { return nil }
          let color = HeatScale.color(fraction, isSigned: scale.isSigned)
          let y = layout.y(line: number, row: row)
          return Self.box(token.left, token.right - 1, y, y + TokenHeatLayout.cell - 1, color)
        }
      }
    }
    return all + legend(isSigned: scales.contains(where: \.isSigned), layout)
  }

  /// The colors in order.
  private func legend(isSigned: Bool, _ layout: TokenHeatLayout) -> [[Double]] {
    let parts = 60
    return (0..<parts).map { part in
      let left = layout.left + Double(part) * Self.legendWidth / Double(parts)
      let color = HeatScale.color((Double(part) + 0.5) / Double(parts), isSigned: isSigned)
      return Self.box(
        left, left + Self.legendWidth / Double(parts), layout.legend - 7, layout.legend + 7, color)
    }
  }

  private static func box(
    _ left: Double, _ right: Double, _ top: Double, _ bottom: Double, _ color: Int
  ) -> [Double] {
    [(left + right) / 2, (top + bottom) / 2, left, right, top, bottom, Double(color)]
  }
}
