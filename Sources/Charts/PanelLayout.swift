// How panels share a picture, and how a panel's two axes are laid out.

/// The rows and columns in which panels stand.
struct PanelGrid: Equatable {
  let rows: Int
  let columns: Int

  /// Up to three panels stand side by side, more in rows of three (of two, where they are four).
  init(count: Int) {
    columns = count == 4 ? 2 : max(1, min(3, count))
    rows = max(1, (count + columns - 1) / columns)
  }
}

/// Both axes of a panel.
struct PanelLayout {
  let x: AxisLayout
  let y: AxisLayout

  init(_ panel: Panel, xTicks: Int, yTicks: Int) {
    let positions = panel.series.flatMap(PanelLayout.positions) + panel.marks.map(\.x)
    let hasSpots = panel.series.contains { $0.style == .spots }
    x = AxisLayout(panel.x, values: positions, count: xTicks, margin: hasSpots ? 0.015 : 0)
    y = AxisLayout(panel.y, values: panel.series.flatMap(PanelLayout.values), count: yTicks, margin: 0.05)
  }

  /// The horizontal extent of a series: of bars, their edges.
  private static func positions(_ series: Series) -> [Double] {
    guard case .bars(let width) = series.style else { return series.x }
    return series.x.flatMap { [$0 - width / 2, $0 + width / 2] }
  }

  /// The vertical extent of a series: bars begin at zero.
  private static func values(_ series: Series) -> [Double] {
    guard case .bars = series.style else { return series.y }
    return series.y + [0]
  }
}
