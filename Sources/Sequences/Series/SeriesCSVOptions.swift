// The options for reading a series from a CSV file.

/// How a CSV file is read as a series.
public struct SeriesCSVOptions: Sendable {
  /// The time column; if nil, the first column if it contains dates.
  public var time: String?
  /// The columns to read, in this order; if nil, all except the time column.
  public var columns: [String]?
  /// The format of times; if nil, it is detected in the first row.
  public var timeFormat: TimeFormat?
  /// The byte between fields; if nil, it is detected in the first line.
  public var separator: UInt8?
  /// Whether the first line names the columns.
  public var header: CSVHeader
  /// Whether the decimal separator is a comma.
  public var decimalComma: Bool

  /// Everything that is not given is detected in the file.
  public init(
    time: String? = nil, columns: [String]? = nil, timeFormat: TimeFormat? = nil, separator: UInt8? = nil,
    header: CSVHeader = .present, decimalComma: Bool = false
  ) {
    (self.time, self.columns, self.timeFormat) = (time, columns, timeFormat)
    (self.separator, self.header, self.decimalComma) = (separator, header, decimalComma)
  }

  /// How the file is written, for its reader.
  var dialect: CSVDialect {
    var dialect = CSVDialect(separator: separator, header: header)
    dialect.hasDecimalCommas = decimalComma
    (dialect.offersNoHeader, dialect.offersNumberOptions) = (true, true)
    return dialect
  }
}
