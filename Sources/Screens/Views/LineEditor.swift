// A line of text that is being typed.

import Stage

/// A line with a cursor.
public struct LineEditor: Sendable, Equatable {
  /// The text before and after the cursor.
  private var before: String
  private var after = ""
  /// What is asked for, shown before the text.
  public let prompt: String

  /// - Parameter text: what is there at first; the cursor is at its end.
  public init(prompt: String, text: String = "") { (self.prompt, before) = (prompt, text) }

  /// The text.
  public var text: String { before + after }

  /// What a key has done.
  public enum Result: Sendable, Equatable { case changed, accepted, cancelled, ignored }

  /// Edits the line.
  public mutating func handle(_ key: Key) -> Result {
    switch key {
    case .enter: return .accepted
    case .escape, .control("c"), .control("g"): return .cancelled
    case .character(let letter): before.append(letter)
    // A line has no line breaks.
    case .paste(let text): before += text.map { $0.isNewline || $0 == "\t" ? " " : String($0) }.joined()
    case .backspace:
      if text.isEmpty { return .cancelled }
      if !before.isEmpty { before.removeLast() }
    case .delete, .control("d"): if !after.isEmpty { after.removeFirst() }
    case .control("u"): before = ""
    case .control("k"): after = ""
    case .control("w"): removeWord()
    default: return move(key) ? .changed : .ignored
    }
    return .changed
  }

  private mutating func move(_ key: Key) -> Bool {
    switch key {
    case .left, .control("b"): if let letter = before.popLast() { after.insert(letter, at: after.startIndex) }
    case .right, .control("f"): if !after.isEmpty { before.append(after.removeFirst()) }
    case .home, .control("a"): (before, after) = ("", text)
    case .end, .control("e"): (before, after) = (text, "")
    default: return false
    }
    return true
  }

  /// Removes the word before the cursor.
  private mutating func removeWord() {
    while before.last == " " { before.removeLast() }
    while let letter = before.last, letter != " " { before.removeLast() }
  }

  /// The line with its cursor, of which the part around the cursor is shown.
  public func line(columns: Int) -> StyledLine {
    var line = StyledLine(prompt, .bold)
    let room = columns - line.width - 2
    var start = before[...]
    while displayWidth(String(start)) > max(1, room), !start.isEmpty { start.removeFirst() }
    line.append(String(start))
    line.append(after.first.map(String.init) ?? " ", .reversed)
    line.append(String(after.dropFirst()))
    return line.part(from: 0, columns: columns)
  }
}
