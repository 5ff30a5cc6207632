// The options for reading a series from a CSV file.

/// How a CSV file is read as a series.
public struct SeriesCSVOptions: Sendable {
  /// The time column; if nil, the first column if it contains dates.
  public var time: String?
  /// The columns to read, in this order; if nil, all except the time column.
  public var columns: ColumnList?
  /// The format of times; if nil, it is detected in the first row.
  public var timeFormat: TimeFormat?
  /// How the file is written, and what replaces missing values.
  public var form: CSVForm
  /// Whether missing values are read as NaN, although nothing replaces them.
  public var keepsMissing = false

  /// Everything that is not given is detected in the file.
  public init(
    time: String? = nil, columns: ColumnList? = nil, timeFormat: TimeFormat? = nil, form: CSVForm = CSVForm()
  ) {
    (self.time, self.columns, self.timeFormat, self.form) = (time, columns, timeFormat, form)
  }

  /// Whether missing values are read as NaN rather than rejected.
  var allowsMissing: Bool { keepsMissing || form.fill != nil }
}
