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
  /// CoNLL-U: words with ten columns.
  case conllu
  /// Words with their tags in columns, as in the shared tasks of CoNLL.
  case conll
  /// Pairs of texts for translation: lines with `source<TAB>target`.
  case pairs

  /// Whether each line is a word with its tag, rather than a text with its label.
  public var hasTags: Bool { self == .conllu || self == .conll }

  /// The format by its usual name.
  public var name: String {
    switch self {
    case .lines: "lines of text"
    case .csv: "CSV"
    case .tsv: "TSV"
    case .jsonl: "JSON Lines"
    case .fasttext: "fastText lines"
    case .conllu: "CoNLL-U"
    case .conll: "CoNLL columns"
    case .pairs: "lines of pairs"
    }
  }

  /// The format implied by a file's extension; nil if there is none. `.tsv` implies none: it is used for tables and for
  /// lines with labels.
  public init?(path: String) {
    let compressions: Set = ["gz", "bz2", "xz", "zst", "Z"]
    var endings = (path.split(separator: "/").last ?? "").split(separator: ".").dropFirst()
    if let last = endings.last, compressions.contains(String(last)) { endings.removeLast() }
    switch endings.last?.lowercased() {
    case "csv": self = .csv
    case "jsonl", "ndjson", "json": self = .jsonl
    case "conllu": self = .conllu
    case "conll", "bio", "iob", "iob2", "bioes": self = .conll
    default: return nil
    }
  }
}
