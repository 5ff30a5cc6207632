// Options for reading a text file; whatever is not given is recognized.

/// How a text file is read.
public struct TextOptions: Sendable {
  /// The format; nil if it is to be recognized.
  public var format: TextFormat?
  /// The columns or fields with the text, which are joined by a space; nil for the usual names.
  public var textColumns: [String]?
  /// The column or field with the label; nil for the usual names.
  public var labelColumn: String?
  /// The columns that earlier files of this kind had, which are preferred if a file has them.
  public var usual: SourceForm?
  /// The separator between several labels of a row; nil if each row has one.
  public var labelSeparator: String?
  /// Whether the first line of a table names the columns.
  public var header = CSVHeader.present
  /// The byte between the fields of a table; nil to detect it.
  public var separator: UInt8?
  /// Whether the bytes of a text need not be UTF-8, for example if single bytes are the tokens.
  public var acceptsBytes = false

  /// The number in the file of a line, if the file is not read from its beginning.
  public var numberInFile: @Sendable (Int) -> Int = { $0 }

  /// Everything is recognized.
  public init() {}

  /// Whether the first line of a table names the columns: as options say, else as in earlier files.
  var tableHeader: CSVHeader { header == .present ? CSVHeader(usual?.hasHeader) : header }

  /// Whether an option says that the file has columns.
  var namesColumns: Bool { textColumns != nil || labelColumn != nil || header != .present }
}
