// What a reader must know about a CSV file before its first line.

/// Whether the first line of a CSV file names the columns.
public enum CSVHeader: String, Sendable, CaseIterable {
  /// The first line has the names; a line that looks like values is an error.
  case present
  /// The first line has the names, whatever they look like: the user says so.
  case certain
  /// The first line is data; the columns are called `1`, `2`, ...
  case absent
  /// Detected from the first two lines: a line of values is data.
  case detect

  /// The choice made by `--header`, `--no-header` or neither.
  public init(_ given: Bool?) { self = given.map { $0 ? .certain : .absent } ?? .present }

  /// What `--header` or `--no-header` said; nil if neither was given.
  public var given: Bool? {
    switch self {
    case .certain: true
    case .absent: false
    case .present, .detect: nil
    }
  }
}

/// How a CSV file is written.
public struct CSVDialect: Sendable {
  /// The byte between fields; if nil, it is detected in the first lines.
  public var separator: UInt8?
  /// Whether the first line names the columns.
  public var header = CSVHeader.present
  /// Whether numbers have decimal commas, so that a comma is unlikely to separate fields.
  public var hasDecimalCommas = false
  /// Whether rows of empty fields at the end are data; spreadsheets append such rows to their exports.
  public var keepsEmptyRows = false
  /// Whether the command has `--no-header`, which messages then mention.
  public var offersNoHeader = false
  /// Whether the command has `--encoding`, which messages then mention.
  public var offersEncoding = false
  /// Whether the command has `--separator` and `--decimal-comma`, which messages then mention.
  public var offersNumberOptions = false

  /// A file with a header, whose separator is detected.
  public init(separator: UInt8? = nil, header: CSVHeader = .present) {
    self.separator = separator
    self.header = header
  }
}
