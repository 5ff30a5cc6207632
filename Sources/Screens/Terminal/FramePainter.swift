// What must be written to a terminal so that it shows a frame: only the lines that have changed.

/// The size of a screen in characters.
public struct ScreenSize: Sendable, Equatable {
  /// Characters in a line.
  public let columns: Int
  /// Lines.
  public let lines: Int

  /// At least one character.
  public init(columns: Int, lines: Int) {
    (self.columns, self.lines) = (max(1, columns), max(1, lines))
  }
}

/// Remembers what a terminal shows.
struct FramePainter {
  private var shown: [String] = []
  private var size: ScreenSize?
  let hasColor: Bool

  init(hasColor: Bool) { self.hasColor = hasColor }

  /// Forgets what the terminal shows, so that the next frame is drawn as a whole.
  mutating func reset() { size = nil }

  /// What to write for a frame; empty if nothing has changed. Lines that don't fit are left out.
  mutating func text(for frame: [StyledLine], _ size: ScreenSize) -> String {
    var out = ""
    if size != self.size {
      shown = [String](repeating: "", count: size.lines)
      self.size = size
      out = "\u{1B}[0m\u{1B}[2J"
    }
    for line in 0..<size.lines {
      let text =
        line < frame.count
        ? frame[line].part(from: 0, columns: size.columns).screenText(hasColor: hasColor) : ""
      guard text != shown[line] else { continue }
      shown[line] = text
      out += "\u{1B}[\(line + 1);1H\u{1B}[K\(text)"
    }
    return out
  }
}
