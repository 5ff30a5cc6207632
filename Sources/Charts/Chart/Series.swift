// The data series that a panel draws.

/// The points of one curve and how they are shown.
public struct Series: Sendable, Equatable {
  /// How the points are shown.
  public enum Style: Sendable, Equatable {
    /// Joined by a line.
    case line
    /// Joined by a dashed line.
    case dashes
    /// Joined by a line, with a symbol at each point whose shape depends on the color.
    case markedLine
    /// Joined by a dashed line, with such symbols.
    case markedDashes
    /// A small dot for each.
    case points
    /// A large dot for each.
    case largeDots
    /// Steps: each value is held until the next.
    case steps
    /// A bar from zero, each `width` wide on the horizontal axis.
    case bars(width: Double)
    /// A shaded band from `low` to `y`.
    case band
  }

  /// The legend entry; empty for none.
  public var name: String
  /// The name in tables, if it isn't the legend's entry.
  public var key = ""
  /// How the points are shown.
  public var style: Style
  /// The index of its color in the palette.
  public var color: Int
  /// Horizontal positions, as many as `y`.
  public var x: [Double]
  /// Values; a non-finite one leaves a gap.
  public var y: [Double]
  /// The lower limits of a band, as many as `y`; empty for other styles.
  public var low: [Double] = []
  /// What else is known of each point and isn't drawn, for tables.
  public var detail: Detail?

  /// A further number for each point.
  public struct Detail: Sendable, Equatable {
    /// The name of the numbers, such as `threshold`.
    public var name: String
    /// As many as there are points.
    public var values: [Double]

    /// One of `values` for each point.
    public init(_ name: String, _ values: [Double]) { (self.name, self.values) = (name, values) }
  }

  /// Traps if `x` and `y` differ in length (a programming error).
  public init(_ name: String, style: Style = .line, color: Int, x: [Double], y: [Double]) {
    precondition(x.count == y.count, "series of \(x.count) positions and \(y.count) values")
    self.name = name
    self.style = style
    self.color = color
    self.x = x
    self.y = y
  }

  /// A shaded band; traps if `x`, `low` and `high` differ in length (a programming error).
  public init(_ name: String, color: Int, x: [Double], low: [Double], high: [Double]) {
    self.init(name, style: .band, color: color, x: x, y: high)
    precondition(low.count == high.count, "a band of \(low.count) and \(high.count) limits")
    self.low = low
  }

  /// The series with another name in tables.
  func named(_ key: String) -> Series {
    var series = self
    series.key = key
    return series
  }
}
