// A chart as a plain value: what is drawn, without a word on how. The renderers (gnuplot for pictures,
// braille for a terminal) turn the same value into different forms.

/// A picture of one or more panels.
public struct Chart: Sendable, Equatable {
  /// The line above everything.
  public var title: String
  /// The panels, in reading order.
  public var panels: [Panel]
  /// The size in pixels that suits the chart where the user names none.
  public var size: PictureSize

  /// A title over `panels` in reading order; `size` is in pixels and gives way to a size that the user names.
  public init(title: String, panels: [Panel], size: PictureSize = PictureSize(width: 1200, height: 500)) {
    self.title = title
    self.panels = panels
    self.size = size
  }
}

/// A pair of axes with what stands between them.
public struct Panel: Sendable, Equatable {
  /// The line above the panel; empty for none.
  public var title: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// The curves, the first one drawn lowest.
  public var series: [Series]
  /// Vertical lines.
  public var marks: [Mark]
  /// A table of counts drawn as coloured cells in the place of curves.
  public var matrix: CountMatrix?

  /// A panel without title and marks unless they are given; `matrix` takes the place of `series`.
  public init(
    title: String = "", x: Axis, y: Axis, series: [Series], marks: [Mark] = [], matrix: CountMatrix? = nil
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
    self.marks = marks
    self.matrix = matrix
  }
}

/// One axis.
public struct Axis: Sendable, Equatable {
  /// What an axis counts.
  public enum Scale: Sendable, Equatable {
    /// Real numbers.
    case linear
    /// Whole numbers: ticks never stand between them.
    case counting
    /// Seconds since 1970-01-01 00:00 UTC.
    case time
    /// Numbers above zero, equal ratios at equal distances.
    case logarithmic
  }

  /// The words beside the axis.
  public var label: String
  /// What the axis counts.
  public var scale: Scale
  /// Whether zero belongs on the axis even where no value comes near it.
  public var includesZero: Bool
  /// Where ticks stand; nil where round numbers are wanted.
  public var positions: [Double]?

  /// A labelled axis of real numbers, which leaves zero out where no value comes near it, unless told
  /// otherwise.
  public init(_ label: String, scale: Scale = .linear, includesZero: Bool = false) {
    self.label = label
    self.scale = scale
    self.includesZero = includesZero
  }
}

/// The points of one curve and how they are shown.
public struct Series: Sendable, Equatable {
  /// How the points are shown.
  public enum Style: Sendable, Equatable {
    /// Joined by a line.
    case line
    /// Joined by a dashed line.
    case dashes
    /// A dot each.
    case points
    /// One large dot each.
    case spots
    /// Each value held until the next.
    case steps
    /// A bar from zero, each `width` wide on the horizontal axis.
    case bars(width: Double)
  }

  /// The legend's words; empty keeps the series out of the legend.
  public var name: String
  /// How the points are shown.
  public var style: Style
  /// Which colour of the palette; equal numbers are drawn alike.
  public var color: Int
  /// Horizontal positions, as many as `y`.
  public var x: [Double]
  /// Values; one that is not finite leaves a gap.
  public var y: [Double]

  /// Traps where `x` and `y` differ in length: a programmer's error.
  public init(_ name: String, style: Style = .line, color: Int, x: [Double], y: [Double]) {
    precondition(x.count == y.count, "series of \(x.count) positions and \(y.count) values")
    self.name = name
    self.style = style
    self.color = color
    self.x = x
    self.y = y
  }
}

/// A vertical dashed line.
public struct Mark: Sendable, Equatable {
  /// The legend's words; empty for none.
  public var name: String
  /// Where it stands on the horizontal axis.
  public var x: Double
  /// Which colour of the palette.
  public var color: Int

  /// A line at `x` in the axis's terms (seconds since 1970 on an axis of times); `color` is a palette number.
  public init(_ name: String, x: Double, color: Int) {
    self.name = name
    self.x = x
    self.color = color
  }
}

/// How often each pair of true class (row) and predicted class (column) occurs.
public struct CountMatrix: Sendable, Equatable {
  /// The class names, in id order.
  public var names: [String]
  /// `counts[true][predicted]`, a square of the names' count.
  public var counts: [[Int]]

  /// Traps where the counts are no square of the names' count: a programmer's error.
  public init(names: [String], counts: [[Int]]) {
    let isSquare = counts.count == names.count && counts.allSatisfy { $0.count == names.count }
    precondition(isSquare, "confusion counts are no square of the class names")
    self.names = names
    self.counts = counts
  }

  /// The share of a true class's rows that were predicted as a class, 0 for a class without rows.
  public func share(_ row: Int, _ column: Int) -> Double {
    let total = counts[row].reduce(0, +)
    return total == 0 ? 0 : Double(counts[row][column]) / Double(total)
  }
}

/// Width and height in pixels.
public struct PictureSize: Sendable, Equatable {
  /// Pixels across.
  public let width: Int
  /// Pixels down.
  public let height: Int

  /// Takes any size; `init(parsing:)` is the one that checks its limits.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Reads `1200x500`; nil where the text has another form or a side is outside 100 to 10,000 pixels.
  public init?(parsing text: String) {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1] else { return nil }
    guard (100...10_000).contains(width), (100...10_000).contains(height) else { return nil }
    self.init(width: width, height: height)
  }
}
