// Parallel axes as a picture: the lines of the runs, over them the axes with their labels on a white ground.

extension GnuplotScript {
  /// From the worst to the best run; light lines would be lost on white.
  private static let colors = "0 '#D3DEE8', 0.5 '#86B2D3', 0.8 '#3F86BD', 1 '#08519C'"
  /// The pixels of a letter of a label.
  private static let letter = 8

  mutating func draw(_ axes: ParallelAxes, index: Int, title: String, size: PictureSize) {
    let layout = ParallelLayout(axes, ticks: max(3, size.height / 70))
    let last = max(1, layout.lines.count - 1)
    let pitch = max(40, (size.width - 200) / last)
    line("set lmargin 12\nset rmargin 9\nset bmargin 2\nset tmargin 4.6")
    // Above the names of the axes.
    let baseline = "at graph 0, graph 1 left offset -5,2.9 font ',15'"
    line("set label 1 \(GnuplotText.quoted(title)) \(baseline) textcolor rgb '#222222'")
    line("unset border\nunset xtics\nunset ytics\nunset grid\nunset key\nunset colorbox")
    line("set xrange [0:\(last)]\nset yrange [\(lowest(layout)):1.02]\nset cbrange [0:1]")
    line("set palette defined (\(GnuplotScript.colors))")
    line("set style textbox opaque margins 0.5,0.5 fillcolor rgb '#FFFFFF' noborder")
    for (place, axis) in layout.lines.enumerated() {
      line("set arrow from \(place),0 to \(place),1 nohead front linewidth 1.2 linecolor rgb '#4D4D4D'")
      heading(axis.name, at: place, letters: pitch / GnuplotScript.letter)
      ticks(axis, at: place, letters: pitch / GnuplotScript.letter - 2)
    }
    let best =
      axes.order.isEmpty ? "" : ", $p\(index)b using 1:2 with lines linewidth 3.4 linecolor rgb '#D55E00'"
    let width = axes.merits.count > 100 ? 1.1 : 1.8
    line("plot $p\(index)r using 1:2:3 with lines linewidth \(width) linecolor palette\(best)")
    line("unset arrow\nunset label")
  }

  /// The lower end of the picture, which leaves room for runs without a value.
  private func lowest(_ layout: ParallelLayout) -> Double {
    let hasMissing = layout.lines.contains { $0.positions.contains(ParallelLayout.missing) }
    return hasMissing ? ParallelLayout.missing - 0.05 : -0.02
  }

  private mutating func heading(_ name: String, at place: Int, letters: Int) {
    let text = TextWidth.clipped(name, to: max(3, letters), ellipsis: "…")
    line(
      "set label \(GnuplotText.quoted(text)) at first \(place), graph 1.045 center front textcolor rgb '#222222'"
    )
  }

  private mutating func ticks(_ axis: ParallelLayout.Line, at place: Int, letters: Int) {
    for tick in axis.ticks where (ParallelLayout.missing...1).contains(tick.position) {
      let text = TextWidth.clipped(tick.label, to: max(3, letters), ellipsis: "…")
      line(
        "set label \(GnuplotText.quoted(text)) at first \(place), first \(tick.position) right offset -0.7,0 "
          + "front boxed font ',10' textcolor rgb '#333333'")
    }
  }

  /// The points of all lines, the best one last; an empty row is between two lines.
  static func rows(_ axes: ParallelAxes) -> [[Double]] {
    let layout = ParallelLayout(axes, ticks: 6)
    return Array(axes.order.map { points($0, layout, merit: axes.merits[$0]) }.joined(separator: [[]]))
  }

  /// The points of the best run.
  static func best(_ axes: ParallelAxes) -> [[Double]] {
    axes.order.last.map { points($0, ParallelLayout(axes, ticks: 6), merit: 1) } ?? []
  }

  private static func points(_ run: Int, _ layout: ParallelLayout, merit: Double) -> [[Double]] {
    layout.lines.enumerated().map { [Double($0), $1.positions[run], merit] }
  }
}
