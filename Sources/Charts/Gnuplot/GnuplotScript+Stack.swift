// Panels one below the other: they have the same left edge, and only the last one names the horizontal axis.

extension GnuplotScript {
  /// Whether all panels are in one column.
  var isStacked: Bool { chart.columns == 1 && chart.panels.count > 1 }

  /// The letters of the widest label that is likely on a vertical axis.
  private static let labelWidth = 6

  /// - Parameters:
  ///   - ticks: those of the panel's vertical axis.
  ///   - isLast: whether the panel is the lowest.
  mutating func align(yTicks ticks: [Tick], isLast: Bool) {
    let widest = ticks.map { TextWidth.of($0.label) }.max() ?? 0
    line("set lmargin \(max(GnuplotScript.labelWidth, widest) + 2)")
    if !isLast { line("set xlabel ''") }
  }
}
