// Heat maps as colored cells.

extension GnuplotScript {
  /// Cells colored by their numbers; the columns' labels are above, so that they are read like a sentence.
  mutating func draw(_ map: HeatMap, _ panel: Panel, index: Int, title: String, size: PictureSize) {
    let layout = HeatMapLayout(map, title: title, size: size)
    margins(layout, panel, title: title, size: size)
    let (right, bottom) = (Double(map.columns.count) - 0.5, Double(map.rows.count) - 0.5)
    line("set xrange [-0.5:\(right)]\nset yrange [\(bottom):-0.5]\nset cbrange [0:1]")
    line("set x2range [-0.5:\(right)]\nunset xtics\nunset grid\nunset key")
    line("set x2tics (\(ticks(layout.columns))) scale 0 rotate by \(HeatMapLayout.angle) left")
    line("set ytics (\(ticks(layout.rows))) scale 0")
    line("set palette defined (0 '#F7FBFF', 0.35 '#9ECAE1', 0.7 '#3182BD', 1 '#08519C')")
    line("set format cb '%.1f'")
    line(
      "plot $p\(index)h using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid 1 noborder fillcolor palette")
    line("unset x2tics")
  }

  /// Margins and texts at distances from the edges that don't depend on what gnuplot takes for the width of a text.
  private mutating func margins(_ layout: HeatMapLayout, _ panel: Panel, title: String, size: PictureSize) {
    let (width, height) = (Double(size.width), Double(size.height))
    let (left, titleTop) = (layout.left / width, 1 - HeatMapLayout.titleBaseline / height)
    line("set lmargin at screen \(left)\nset rmargin at screen \(1 - layout.right / width)")
    line("set tmargin at screen \(1 - layout.top / height)\nset bmargin at screen \(layout.bottom / height)")
    let scale = "\(1 - (layout.right - 16) / width), screen \(layout.bottom / height)"
    let tall = (height - layout.top - layout.bottom) / height
    line("set colorbox user origin screen \(scale) size screen \(18 / width), screen \(tall)")
    let place = "at screen \(left), screen \(titleTop) left offset 0,0 font ',15'"
    line("set label 1 \(GnuplotText.quoted(title)) \(place) textcolor rgb '#222222'")
    let side = "at screen \(HeatMapLayout.labelBaseline / width), graph 0.5 center rotate by 90"
    line("unset ylabel\nset label 2 \(GnuplotText.quoted(panel.y.label)) \(side) textcolor rgb '#4D4D4D'")
    line("set xlabel \(GnuplotText.quoted(panel.x.label)) textcolor rgb '#4D4D4D'")
  }

  private func ticks(_ labels: [String]) -> String {
    labels.enumerated().map { "\(GnuplotText.tick($1)) \($0)" }.joined(separator: ", ")
  }

  /// Column, row and number of each cell.
  static func cells(_ map: HeatMap) -> [[Double]] {
    map.values.enumerated().flatMap { row, values in
      values.enumerated().map { [Double($0), Double(row), $1] }
    }
  }
}
