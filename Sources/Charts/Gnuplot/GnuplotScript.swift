// The gnuplot script that draws a chart. The script contains all data, text is quoted so that a title or a column
// name can't be interpreted as a command, and ranges and ticks are computed here.

/// A chart as a gnuplot script for one picture format.
struct GnuplotScript {
  private(set) var text = ""
  let chart: Chart
  let size: PictureSize

  /// - Parameters:
  ///   - format: determines gnuplot's terminal.
  ///   - size: in pixels; in a PDF, 100 pixels are an inch.
  init(_ chart: Chart, format: PictureFormat, size: PictureSize) {
    (self.chart, self.size) = (chart, size)
    let grid = PanelGrid(count: chart.panels.count, columns: chart.columns)
    line("set encoding utf8")
    line("set terminal \(format.terminal(size))")
    style()
    data()
    let isOnePanel = chart.panels.count == 1
    if !isOnePanel { multiplot(grid) }
    for (index, panel) in chart.panels.enumerated() {
      let title = isOnePanel ? chart.title : panel.title
      let width = size.width / grid.columns
      draw(panel, index: index, title: title, width: width, height: size.height / grid.rows)
    }
    if !isOnePanel { line("unset multiplot") }
  }

  mutating func line(_ command: String) {
    text += command
    text += "\n"
  }
}

// MARK: - Style

extension GnuplotScript {
  private mutating func style() {
    line("set border 3 linecolor rgb '#9A9A9A' linewidth 0.8")
    line("set tics nomirror out scale 0.4 textcolor rgb '#4D4D4D'")
    line("set grid linetype 1 linewidth 0.7 linecolor rgb '#E6E6E6'")
  }

  private mutating func multiplot(_ grid: PanelGrid) {
    let title = "title \(GnuplotText.quoted(chart.title)) font ',15' offset 0,-0.2"
    line("set multiplot layout \(grid.rows),\(grid.columns) \(title)")
  }

  /// The title is on the left of the legend's line, or above it where both don't fit, so that neither covers the
  /// other or a curve.
  private mutating func heading(_ title: String, legend: LegendLayout, isAlone: Bool) {
    let font = isAlone ? ",15" : ",13"
    let above = Double(legend.linesBelowTitle) * 1.35
    let offset = (isAlone ? 1.25 : 1.2) + above
    let place = "at graph 0, graph 1 left offset 0,\(offset) font '\(font)'"
    line("unset label")
    line("set label 1 \(GnuplotText.quoted(title)) \(place) textcolor rgb '#222222'")
    line("set tmargin \((isAlone ? 3 : 2.8) + above)")
    line(
      "set key at graph 1, graph 1.015 right bottom horizontal maxcols \(legend.columns) Right samplen 2.2 width 1 "
        + "spacing 1.1 textcolor rgb '#333333'")
  }
}

// MARK: - Data

extension GnuplotScript {
  /// Curves with more points are downsampled; this is several per pixel of the widest usual picture.
  private static let maxPoints = 8000

  private mutating func data() {
    for (panelIndex, panel) in chart.panels.enumerated() {
      for (index, series) in panel.series.enumerated() {
        let shown = series.downsampled(to: GnuplotScript.maxPoints).thinned()
        let points = shown.x.indices.map {
          [shown.x[$0], shown.y[$0]] + (shown.low.isEmpty ? [] : [shown.low[$0]])
        }
        block("p\(panelIndex)s\(index)", points)
      }
      if let matrix = panel.matrix { block("p\(panelIndex)m", GnuplotScript.cells(matrix)) }
      if let axes = panel.parallel {
        block("p\(panelIndex)r", GnuplotScript.rows(axes))
        block("p\(panelIndex)b", GnuplotScript.best(axes))
      }
      if let heat = panel.heat { block("p\(panelIndex)h", GnuplotScript.cells(heat)) }
      if let heat = panel.tokenHeat { block("p\(panelIndex)t", cells(heat)) }
    }
  }

  private mutating func block(_ name: String, _ rows: [[Double]]) {
    line("$\(name) << END")
    for row in rows { line(row.map { $0.isFinite ? "\($0)" : "NaN" }.joined(separator: " ")) }
    line("END")
  }

  /// Column, row, fraction and count of each cell.
  private static func cells(_ matrix: ConfusionMatrix) -> [[Double]] {
    matrix.counts.indices.flatMap { row in
      matrix.counts.indices.map { column in
        [Double(column), Double(row), matrix.fraction(row, column), Double(matrix.counts[row][column])]
      }
    }
  }
}

// MARK: - Panels

extension GnuplotScript {
  private mutating func draw(_ panel: Panel, index: Int, title: String, width: Int, height: Int) {
    let isAlone = chart.panels.count == 1
    heading(
      title, legend: LegendLayout(panel, title: title, width: width, titleSize: isAlone ? 15 : 13),
      isAlone: isAlone)
    if let heat = panel.tokenHeat { return draw(heat, index: index, title: title) }
    if let tokens = panel.tokens { return draw(tokens, height: height) }
    if let matrix = panel.matrix { return draw(matrix, panel, index: index) }
    if let axes = panel.parallel {
      return draw(axes, index: index, title: title, size: PictureSize(width: width, height: height))
    }
    if let heat = panel.heat {
      return draw(
        heat, panel, index: index, title: title, size: PictureSize(width: width, height: height))
    }
    let layout = PanelLayout(panel, xTicks: max(2, width / 110), yTicks: max(3, height / 70))
    axis("x", layout.x)
    axis("y", layout.y)
    if isStacked { align(yTicks: layout.y.ticks, isLast: index == chart.panels.count - 1) }
    for mark in panel.marks { line(vertical(mark, layout.y.range)) }
    line("plot " + plots(panel, index: index, layout).joined(separator: ", "))
    line("unset arrow")
  }

  private mutating func axis(_ name: String, _ layout: AxisLayout) {
    let ticks = layout.ticks.map { "\(GnuplotText.tick($0.label)) \($0.position)" }
    line("\(layout.isLogarithmic ? "set" : "unset") logscale \(name)")
    line("set \(name)range [\(layout.range.lowerBound):\(layout.range.upperBound)]")
    line("set \(name)tics (\(ticks.joined(separator: ", ")))")
    line("set \(name)label \(GnuplotText.quoted(layout.label)) textcolor rgb '#4D4D4D'")
  }

  private func vertical(_ mark: Mark, _ range: ClosedRange<Double>) -> String {
    "set arrow from \(mark.x),\(range.lowerBound) to \(mark.x),\(range.upperBound) nohead "
      + "dashtype (12,8) linewidth 1.4 linecolor rgb '\(Palette[mark.color].hex)'"
  }

  private func plots(_ panel: Panel, index: Int, _ layout: PanelLayout) -> [String] {
    let curves = panel.series.enumerated().map { number, series in
      "$p\(index)s\(number) using \(columns(series.style)) \(style(series)) title \(GnuplotText.quoted(series.name))"
    }
    // A mark is drawn as an arrow, which can't be in a legend; an empty curve with the same style is its
    // entry.
    let legends = panel.marks.filter { !$0.name.isEmpty }.map { mark in
      let style = "dashtype (12,8) linewidth 1.4 linecolor rgb '\(Palette[mark.color].hex)'"
      return "NaN with lines \(style) title \(GnuplotText.quoted(mark.name))"
    }
    let all = curves + legends
    return all.isEmpty ? ["NaN notitle"] : all
  }

  private func style(_ series: Series) -> String {
    let color = "linecolor rgb '\(Palette[series.color].hex)'"
    switch series.style {
    case .band:
      return
        "with filledcurves fillcolor rgb '\(Palette[series.color].hex)' fillstyle transparent solid 0.18 noborder"
    case .line: return "with lines linewidth 1.8 \(dashes(series))\(color)"
    case .dashes: return "with lines linewidth 1.8 dashtype (12,6) \(color)"
    case .markedLine: return "with linespoints linewidth 1.8 \(dashes(series))\(symbol(series)) \(color)"
    case .markedDashes: return "with linespoints linewidth 1.8 dashtype (12,9) \(symbol(series)) \(color)"
    case .points: return "with points pointtype 7 pointsize 0.7 \(color)"
    case .largeDots: return "with points pointtype 7 pointsize 1.5 \(color)"
    case .steps: return "with steps linewidth 1.8 \(color)"
    case .bars: return "with boxes fillstyle solid 0.85 noborder \(color)"
    }
  }

  /// Curves after the last color begin with the first one again, and differ by short dashes.
  private func dashes(_ series: Series) -> String {
    let rounds = Palette.round(series.color)
    return rounds == 0 ? "" : "dashtype (\(2 + 2 * rounds),\(2 + 2 * rounds)) "
  }

  /// Outlines of growing size and of a shape for each color, so that symbols on each other are all seen; another shape when
  /// colors repeat.
  private func symbol(_ series: Series) -> String {
    let shapes = [6, 4, 8, 12, 10, 14, 6]
    let turned = series.color + 3 * Palette.round(series.color)
    let index = (turned % shapes.count + shapes.count) % shapes.count
    return "pointtype \(shapes[index]) pointsize \(1.2 + 0.25 * Double(index))"
  }

  private func columns(_ style: Series.Style) -> String {
    switch style {
    case .bars(let width): "1:2:(\(width))"
    case .band: "1:2:3"
    default: "1:2"
    }
  }
}

// MARK: - Confusion matrices

extension GnuplotScript {
  /// The letters of the longest name of a class that fits under its column: the cells of a picture of the usual size
  /// are about 40 letters wide together, and with many classes, pictures are larger.
  private static func widestName(classes: Int) -> Int { max(4, 40 / max(1, classes)) }

  /// A square of cells, colored by each row's fractions and labeled with the counts.
  private mutating func draw(_ matrix: ConfusionMatrix, _ panel: Panel, index: Int) {
    let last = Double(matrix.names.count) - 0.5
    let names = matrix.names.map { TextWidth.clipped($0, to: 24, ellipsis: "…") }
    let ticks = names.enumerated().map { "\(GnuplotText.tick($1)) \($0)" }.joined(separator: ", ")
    // A name that is wider than its column would overlap the next one.
    let isWide = names.contains { TextWidth.of($0) > GnuplotScript.widestName(classes: names.count) }
    line("set xrange [-0.5:\(last)]\nset yrange [\(last):-0.5]\nset cbrange [0:1]")
    line("set xtics (\(ticks)) scale 0 \(isWide ? "rotate by 40 right" : "norotate")")
    line("set ytics (\(ticks)) scale 0\nunset grid\nunset key")
    line("set xlabel \(GnuplotText.quoted(panel.x.label)) textcolor rgb '#4D4D4D'")
    line("set ylabel \(GnuplotText.quoted(panel.y.label)) textcolor rgb '#4D4D4D'")
    line("set palette defined (0 '#F7FBFF', 0.35 '#9ECAE1', 0.7 '#3182BD', 1 '#08519C')")
    line("set format cb '%.1f'\nset size ratio 1")
    let cell =
      "$p\(index)m using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid 1 noborder fillcolor palette"
    line("plot \(cell), \(counts(index, "< 0.5", "#222222")), \(counts(index, ">= 0.5", "#FFFFFF"))")
  }

  private func counts(_ index: Int, _ condition: String, _ color: String) -> String {
    "$p\(index)m using 1:($3 \(condition) ? $2 : NaN):(sprintf('%d', $4)) with labels textcolor rgb '\(color)'"
  }
}
