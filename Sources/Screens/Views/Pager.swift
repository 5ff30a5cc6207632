// A text that is longer or wider than the screen.

/// A text to be read, line by line.
public struct Pager: Sendable, Equatable {
  /// What the text is of.
  public let title: String
  private let lines: [StyledLine]
  private var position: ListPosition
  /// The first column that is shown.
  private var left = 0

  /// The beginning of a text.
  public init(title: String, _ lines: [StyledLine]) {
    (self.title, self.lines) = (title, lines)
    position = ListPosition(count: lines.count)
  }

  /// The longest distance that one can scroll to the right.
  private var widest: Int { lines.map(\.width).max() ?? 0 }

  /// Scrolls.
  /// - Returns: whether it is a key of moves.
  public mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .left, .character("h"): left = max(0, left - 8)
    case .right, .character("l"): left = left + 8 < widest ? left + 8 : left
    case .character(" "): return position.scroll(.pageDown)
    default: return position.scroll(key)
    }
    return true
  }

  /// A title, the part of the text that is shown, and where it is.
  /// - Parameter keys: what keys do, for the last line.
  public mutating func frame(_ size: ScreenSize, keys: String) -> [StyledLine] {
    position.resize(height: size.lines - 2)
    let shown = position.visible
    var frame = [StyledLine(title, .bold)]
    frame += lines[shown].map { $0.part(from: left, columns: size.columns) }
    while frame.count < size.lines - 1 { frame.append(StyledLine()) }
    let place =
      shown.count < lines.count ? "\(shown.lowerBound + 1)-\(shown.upperBound) of \(lines.count)  " : ""
    return frame + [StyledLine(place + keys, .dim)]
  }
}
