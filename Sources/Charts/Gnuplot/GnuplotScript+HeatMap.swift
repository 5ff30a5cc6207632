// Heat maps as colored cells.

extension GnuplotScript {
  /// Cells colored by their numbers; the columns' labels are above, so that they are read like a sentence.
  mutating func draw(_ map: HeatMap, _ panel: Panel, index: Int) {
    let (right, bottom) = (Double(map.columns.count) - 0.5, Double(map.rows.count) - 0.5)
    line("set xrange [-0.5:\(right)]\nset yrange [\(bottom):-0.5]\nset cbrange [0:1]")
    line("set x2range [-0.5:\(right)]\nunset xtics\nunset grid\nunset key")
    line("set x2tics (\(ticks(map.columns))) scale 0 rotate by 60 left")
    line("set ytics (\(ticks(map.rows))) scale 0")
    line("set xlabel \(GnuplotScript.quoted(panel.x.label)) textcolor rgb '#4D4D4D'")
    line("set ylabel \(GnuplotScript.quoted(panel.y.label)) textcolor rgb '#4D4D4D'")
    line("set palette defined (0 '#F7FBFF', 0.35 '#9ECAE1', 0.7 '#3182BD', 1 '#08519C')")
    line("set format cb '%.1f'")
    line(
      "plot $p\(index)h using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid 1 noborder fillcolor palette")
    line("unset x2tics")
  }

  private func ticks(_ labels: [String]) -> String {
    labels.enumerated().map { "\(GnuplotScript.quoted($1)) \($0)" }.joined(separator: ", ")
  }

  /// Column, row and number of each cell.
  static func cells(_ map: HeatMap) -> [[Double]] {
    map.values.enumerated().flatMap { row, values in
      values.enumerated().map { [Double($0), Double(row), $1] }
    }
  }
}
