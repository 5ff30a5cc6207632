// Choosing some of a list.

/// A list of which any number can be chosen.
public struct Picker: Sendable, Equatable {
  /// What is chosen.
  public let title: String
  private let items: [String]
  /// The chosen ones, in the order in which they were chosen.
  public private(set) var chosen: [String]
  private var position: ListPosition

  /// - Parameter chosen: those that are chosen at first; those that are no items stay.
  public init(title: String, _ items: [String], chosen: [String]) {
    (self.title, self.items, self.chosen) = (title, items, chosen)
    position = ListPosition(count: items.count)
  }

  /// What a key has done.
  public enum Result: Sendable, Equatable { case changed, accepted, cancelled, ignored }

  /// Moves, chooses with the space bar, accepts with Enter, or cancels with Esc.
  public mutating func handle(_ key: Key) -> Result {
    switch key {
    case .enter: return .accepted
    case .escape, .control("c"), .character("q"): return .cancelled
    case .character(" "):
      toggle()
      return .changed
    default: return position.handle(key) ? .changed : .ignored
    }
  }

  private mutating func toggle() {
    guard items.indices.contains(position.cursor) else { return }
    let item = items[position.cursor]
    if let index = chosen.firstIndex(of: item) { chosen.remove(at: index) } else { chosen.append(item) }
    position.move(to: position.cursor + 1)
  }

  /// The list with its marks.
  public mutating func frame(_ size: ScreenSize) -> [StyledLine] {
    position.resize(height: size.lines - 2)
    var frame = [StyledLine(title, .bold)]
    for index in position.visible {
      var line = StyledLine(chosen.contains(items[index]) ? "[x] " : "[ ] ")
      line.append(items[index])
      line.pad(to: size.columns)
      frame.append(index == position.cursor ? line.styled { $0.isReversed = true } : line)
    }
    while frame.count < size.lines - 1 { frame.append(StyledLine()) }
    return frame + [StyledLine("Space chooses, Enter accepts, Esc cancels", .dim)]
  }
}
