// The formats of text files.

/// The format of a text file.
public enum TextFormat: String, Sendable, CaseIterable {
  /// Lines with `label<TAB>text`, or with text only.
  case lines
  /// A table with a header, whose fields may be quoted.
  case csv
  /// A table with a header and tabs between fields.
  case tsv
  /// JSON Lines: one object per line.
  case jsonl
  /// fastText's lines: `__label__NAME` once or several times, then the text.
  case fasttext
  /// Pairs of texts for translation: lines with `source<TAB>target`.
  case pairs

  /// The format by its usual name.
  public var name: String {
    switch self {
    case .lines: "lines of text"
    case .csv: "CSV"
    case .tsv: "TSV"
    case .jsonl: "JSON Lines"
    case .fasttext: "fastText lines"
    case .pairs: "lines of pairs"
    }
  }

  /// The format that a file's name promises; nil if it promises none. `.tsv` doesn't: it is used for tables and for
  /// lines with labels.
  init?(path: String) {
    let compressions: Set = ["gz", "bz2", "xz", "zst", "Z"]
    var endings = (path.split(separator: "/").last ?? "").split(separator: ".").dropFirst()
    if let last = endings.last, compressions.contains(String(last)) { endings.removeLast() }
    switch endings.last?.lowercased() {
    case "csv": self = .csv
    case "jsonl", "ndjson", "json": self = .jsonl
    default: return nil
    }
  }
}
