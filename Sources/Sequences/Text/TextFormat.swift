// The formats of plain text.

/// The format of a plain text file.
public enum TextFormat: String, Sendable, CaseIterable {
  /// Lines with `label<TAB>text`, or with text only.
  case lines
  /// JSON Lines: objects with `text` and `label`.
  case jsonl
}
