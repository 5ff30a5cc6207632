// The grid of panels in a picture, and the layout of a panel's two axes.

/// The grid in which panels are arranged.
struct PanelGrid: Equatable {
  let rows: Int
  let columns: Int

  /// `columns` panels side by side; by default up to three, more in rows of three (four in rows of two).
  init(count: Int, columns: Int? = nil) {
    let columns = columns ?? (count == 4 ? 2 : max(1, min(3, count)))
    self.columns = columns
    rows = max(1, (count + columns - 1) / columns)
  }
}

/// Both axes of a panel.
struct PanelLayout {
  let x: AxisLayout
  let y: AxisLayout

  init(_ panel: Panel, xTicks: Int, yTicks: Int) {
    let positions = panel.series.flatMap(PanelLayout.positions) + panel.marks.map(\.x) + panel.x.covered
    let hasDots = panel.series.contains { [.largeDots, .markedLine, .markedDashes].contains($0.style) }
    x = AxisLayout(panel.x, values: positions, count: xTicks, margin: hasDots ? 0.015 : 0)
    let values = panel.series.flatMap(PanelLayout.values) + panel.y.covered
    y = AxisLayout(panel.y, values: values, count: yTicks, margin: 0.05)
  }

  /// The x values that must be visible: for bars, their edges.
  private static func positions(_ series: Series) -> [Double] {
    guard case .bars(let width) = series.style else { return series.x }
    return series.x.flatMap { [$0 - width / 2, $0 + width / 2] }
  }

  /// The y values that must be visible: bars start at zero, bands have two limits.
  private static func values(_ series: Series) -> [Double] {
    guard case .bars = series.style else { return series.y + series.low }
    return series.y + [0]
  }
}
