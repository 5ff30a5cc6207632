// Keys as programs mean them, whatever bytes a terminal sends for them.

/// A key that was pressed, or text that was pasted.
public enum Key: Sendable, Equatable {
  /// A character, the space included.
  case character(Character)
  /// Ctrl with a letter, which is given in lower case.
  case control(Character)
  case enter, escape, tab, backTab, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  /// F1 is `function(1)`.
  case function(Int)
  /// Text from the clipboard, which terminals mark as such (bracketed paste).
  case paste(String)
}
