// A panel of a chart: two axes and what is drawn between them.

/// A pair of axes with the data drawn between them.
public struct Panel: Sendable, Equatable {
  /// The panel's title; empty for none.
  public var title: String
  /// The name in tables, if it isn't the title.
  public var key = ""
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// The data series; the first one is drawn at the bottom.
  public var series: [Series]
  /// Vertical lines.
  public var marks: [Mark]
  /// A matrix drawn as colored cells instead of the series.
  public var matrix: ConfusionMatrix?
  /// Numbers drawn as colored cells, with labels, instead of the series.
  public var heat: HeatMap?
  /// A list of tokens written instead of the series.
  public var tokens: TokenList?
  /// Runs drawn across parallel axes instead of the series.
  public var parallel: ParallelAxes?
  /// A text with numbers for each token, written instead of the series.
  public var tokenHeat: TokenHeat?

  /// A panel; if `matrix` is given, it is drawn instead of `series`.
  public init(
    title: String = "", x: Axis, y: Axis, series: [Series], marks: [Mark] = [], matrix: ConfusionMatrix? = nil
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
    self.marks = marks
    self.matrix = matrix
  }

  /// The panel with another name in tables.
  func named(_ key: String) -> Panel {
    var panel = self
    panel.key = key
    return panel
  }
}

/// A vertical dashed line.
public struct Mark: Sendable, Equatable {
  /// The legend entry; empty for none.
  public var name: String
  /// Its position on the horizontal axis.
  public var x: Double
  /// Its index in the palette.
  public var color: Int

  /// A line at `x` in the axis's units (seconds since 1970 on a time axis); `color` is an index in the
  /// palette.
  public init(_ name: String, x: Double, color: Int) {
    self.name = name
    self.x = x
    self.color = color
  }
}
