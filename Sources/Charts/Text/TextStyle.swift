// The capabilities of a terminal.

/// The size and the capabilities of a terminal.
public struct TextStyle: Sendable, Equatable {
  /// The number of columns.
  public var columns: Int
  /// The number of lines, including title and legend.
  public var lines: Int
  /// Whether the terminal has colors.
  public var hasColor: Bool
  /// Whether the terminal shows non-ASCII characters.
  public var hasUnicode: Bool

  /// By default, 80 columns and 24 lines without colors.
  public init(columns: Int = 80, lines: Int = 24, hasColor: Bool = false, hasUnicode: Bool = true) {
    self.columns = columns
    self.lines = lines
    self.hasColor = hasColor
    self.hasUnicode = hasUnicode
  }
}
