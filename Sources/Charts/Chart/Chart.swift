// A chart as a plain value: what to draw, not how. The renderers (gnuplot for pictures, braille for a
// terminal) turn the same value into different forms.

/// A picture of one or more panels.
public struct Chart: Sendable, Equatable {
  /// The title of the whole chart.
  public var title: String
  /// The panels, in reading order.
  public var panels: [Panel]
  /// How many panels are side by side; nil for as many as suits their number.
  public var columns: Int?
  /// Numbers that summarize what is drawn, by name.
  public var measures: [String: Double] = [:]
  /// The default size in pixels.
  public var size: PictureSize

  /// A chart with `panels` in reading order; a size requested by the user overrides `size`.
  public init(
    title: String, panels: [Panel], columns: Int? = nil,
    size: PictureSize = PictureSize(width: 1200, height: 500)
  ) {
    self.title = title
    self.panels = panels
    self.columns = columns
    self.size = size
  }
}
