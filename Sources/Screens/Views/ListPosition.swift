// Where one is in a long list: the line with the cursor, and the part that is shown.

/// A position in a list of which a part is shown.
public struct ListPosition: Sendable, Equatable {
  /// The number of lines of the list.
  public private(set) var count: Int
  /// The number of lines that are shown at once, at least 1.
  public private(set) var height: Int
  /// The line with the cursor; 0 in an empty list.
  public private(set) var cursor = 0
  /// The first line that is shown.
  public private(set) var top = 0

  /// The beginning of a list of `count` lines, of which `height` are shown.
  public init(count: Int = 0, height: Int = 1) {
    (self.count, self.height) = (max(0, count), max(1, height))
  }

  /// The lines that are shown.
  public var visible: Range<Int> { top..<min(count, top + height) }

  /// The list has another length, or more or fewer lines are shown.
  public mutating func resize(count: Int? = nil, height: Int? = nil) {
    self.count = max(0, count ?? self.count)
    self.height = max(1, height ?? self.height)
    move(to: cursor)
  }

  /// Moves the cursor to a line, or the nearest one that exists.
  public mutating func move(to line: Int) {
    cursor = min(max(0, line), max(0, count - 1))
    top = min(max(top, cursor - height + 1), cursor)
    top = max(0, min(top, count - height))
  }

  /// Moves the cursor with a key.
  /// - Returns: whether it is a key of moves.
  public mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .up, .character("k"), .control("p"): move(to: cursor - 1)
    case .down, .character("j"), .control("n"): move(to: cursor + 1)
    case .pageUp, .control("b"): page(by: -height)
    case .pageDown, .control("f"): page(by: height)
    case .control("u"): page(by: -max(1, height / 2))
    case .control("d"): page(by: max(1, height / 2))
    case .home, .character("g"): move(to: 0)
    case .end, .character("G"): move(to: count - 1)
    default: return false
    }
    return true
  }

  /// Moves the cursor and what is shown by the same number of lines.
  private mutating func page(by lines: Int) {
    top += lines
    move(to: cursor + lines)
  }

  /// Moves what is shown with a key, for texts without a cursor.
  /// - Returns: whether it is a key of moves.
  public mutating func scroll(_ key: Key) -> Bool {
    // With the cursor at the edge, each move shows one more line.
    let isBack = [.up, .character("k"), .control("p"), .pageUp, .control("b"), .control("u")].contains(key)
    cursor = isBack ? top : max(0, min(count, top + height) - 1)
    return handle(key)
  }
}
