// The options for reading a series from a CSV file.

/// How a CSV file is read as a series.
public struct SeriesCSVOptions: Sendable {
  /// The columns of times, several where date and time of day are apart; if empty, the first column if it contains
  /// dates.
  public var time: ColumnList
  /// The columns to read, in this order; if nil, all except those of times.
  public var columns: ColumnList?
  /// Columns that must be in the file, of those that are read anyway.
  public var required: ColumnList?
  /// The format of times; if nil, it is detected.
  public var timeFormat: TimeFormat?
  /// The time zone of times without an offset; if nil, they are taken as UTC.
  public var timeZone: NamedZone?
  /// How the file is written, and what replaces missing values.
  public var form: CSVForm
  /// The columns that name the sequence of each row and its label, if the file holds several sequences.
  public var sequences: SequenceColumns?
  /// Whether a column `unique_id` names the series of each row, if the user names no other.
  public var recognizesPanels = false
  /// A column that also does, if the file has it.
  public var possibleSeries: String?
  /// The columns that describe a series, if the file holds several; with `recognizesPanels`.
  public var statics = ColumnList([])
  /// Whether missing values are read as NaN, although nothing replaces them.
  public var keepsMissing = false

  /// Everything that is not given is detected in the file.
  public init(
    time: ColumnList = ColumnList([]), columns: ColumnList? = nil, timeFormat: TimeFormat? = nil,
    timeZone: NamedZone? = nil, form: CSVForm = CSVForm()
  ) {
    (self.time, self.columns, self.timeFormat, self.timeZone) = (time, columns, timeFormat, timeZone)
    self.form = form
  }

  /// Whether missing values are read as NaN rather than rejected.
  var allowsMissing: Bool { keepsMissing || form.fill != nil }

  /// Reads times from the same columns, in the same format and zone as those of `model`.
  public mutating func readTimes(like model: TimeColumn?) {
    guard let model else { return }
    (time, timeFormat) = (ColumnList(exactly: model.columns), model.format)
    if case .zone(let zone) = model.offsets { timeZone = zone }
  }
}
