// Where a picture's legend goes: beside the title if both fit there, else below it, in as many lines as it needs. Text
// is measured by its number of letters, which is close enough for that.

/// The place of a panel's legend above its plot area.
struct LegendLayout: Equatable {
  /// The lines between the title and the plot area; 0 if title and legend share a line.
  let linesBelowTitle: Int
  /// Entries per line.
  let columns: Int

  /// The width of the labels of the vertical axis and the right margin, in pixels.
  private static let margins = 115
  /// The width of a letter, per point of the font's size, and of an entry's line with the space around it.
  private static let (letter, sample) = (0.7, 55.0)

  /// - Parameters:
  ///   - width: the panel's width in pixels.
  ///   - titleSize: the size of the title's font, in points.
  init(_ panel: Panel, title: String, width: Int, titleSize: Double) {
    let names = (panel.series.map(\.name) + panel.marks.map(\.name)).filter { !$0.isEmpty }
    let room = Double(max(100, width - LegendLayout.margins))
    // All entries are as wide as the widest.
    let entry = (names.map { LegendLayout.width($0, size: 12) }.max() ?? 0) + LegendLayout.sample
    let titleWidth = title.isEmpty ? 0 : LegendLayout.width(title, size: titleSize) + 20
    let fitting = max(1, Int(room / entry))
    columns = max(1, min(fitting, names.count))
    if names.isEmpty || titleWidth + entry * Double(names.count) <= room {
      linesBelowTitle = 0
    } else {
      let lines = (names.count + columns - 1) / columns
      linesBelowTitle = title.isEmpty ? lines - 1 : lines
    }
  }

  private static func width(_ text: String, size: Double) -> Double {
    Double(TextWidth.of(text)) * size * letter
  }
}
