// Reading a series from a CSV file as the command line says.

import ByteStreams
import Failures
import Sequences
import Stage
import TensorFile

extension SeriesOptions {
  /// The options for reading a CSV file.
  /// - Parameters:
  ///   - columns: the columns to read; nil for all.
  ///   - model: the times that a model was trained with, which are read alike unless an option says otherwise.
  ///   - usual: how the file of the model's training data was written; likewise.
  public func csvOptions(
    columns: ColumnList?, like model: TimeColumn? = nil, _ usual: CSVForm? = nil
  ) throws(Failure) -> SeriesCSVOptions {
    var options = SeriesCSVOptions(columns: columns, form: try form(like: usual))
    options.readTimes(like: model)
    options.recognizesPanels = true
    if let series { options.sequences = SequenceColumns(series: series) }
    if let time { options.time = ColumnList([time]) }
    if let timeFormat { options.timeFormat = try TimeFormat(timeFormat) }
    if let timeZone { options.timeZone = try NamedZone(timeZone) }
    return options
  }

  /// How the file is written: as the options say, else as `usual`.
  public func form(like usual: CSVForm? = nil) throws(Failure) -> CSVForm {
    var form = usual ?? CSVForm()
    form.separator = separator?.byte ?? form.separator
    form.hasHeader = header ?? form.hasHeader
    form.isHeaderCertain = header ?? form.isHeaderCertain
    form.fill = fill ?? form.fill
    form.numbers = try numbers(like: form.numbers)
    return form
  }

  private func numbers(like usual: NumberFormat) throws(Failure) -> NumberFormat {
    if decimalComma == true, thousands == .comma {
      throw Failure.usage(
        "with --decimal-comma, a comma can't group digits", at: "--thousands", remedy: "omit one of them")
    }
    if decimalComma == false, thousands == .point {
      throw Failure.usage(
        "with --no-decimal-comma, a point can't group digits", at: "--thousands", remedy: "omit one of them")
    }
    // The mark between groups isn't the decimal mark.
    let implied: Bool? = thousands == .point ? true : thousands == .comma ? false : nil
    let decimal = decimalComma ?? implied ?? usual.decimalComma
    let isPossible = usual.grouping != (decimal ? .comma : .point)
    return NumberFormat(decimalComma: decimal, grouping: thousands ?? (isPossible ? usual.grouping : nil))
  }

  /// Throws `Failure` (usage) if an option says how a CSV file is written, although the input is a stream.
  /// - Parameter name: the input's name.
  public func refuseForStream(named name: String) throws(Failure) {
    try refuse(because: "\(name) is a tensor stream, not a CSV file")
  }

  /// Throws `Failure` (usage) if an option says how a CSV file is written, although none is read.
  /// - Parameter reason: why none is read.
  public func refuse(because reason: String) throws(Failure) {
    let given = [
      ("--series", series != nil), ("--time", time != nil), ("--time-format", timeFormat != nil),
      ("--time-zone", timeZone != nil),
      ("--separator", separator != nil),
      ("--no-header", header != nil), ("--decimal-comma", decimalComma != nil),
      ("--thousands", thousands != nil),
    ]
    guard let option = given.first(where: \.1) else { return }
    throw Failure.usage(reason, at: option.0, remedy: "omit the option")
  }
}

/// A file or a stream with one series or several.
public enum SeriesRead {
  case single(RereadableSeries)
  case panel(SeriesPanel)

  /// Reads a CSV file to its end. Columns that were detected and what is doubtful in the file are reported to the user.
  /// - Parameter name: the name of the file in messages.
  public init(
    csv source: any ByteSource, named name: String, _ options: SeriesCSVOptions, _ run: StageRun
  ) throws {
    var csv = try SeriesCSV(source, named: name, options)
    if options.sequences == nil, let panel = csv.panel {
      run.note("using column \(panel.sequence) as the series of each row")
    }
    if let column = csv.detectedTimeColumn { run.note("using column \(column)") }
    self = try csv.panel == nil ? .single(RereadableSeries(&csv)) : .panel(SeriesPanel(&csv))
    for note in csv.notes { run.note(note) }
    for warning in csv.warnings { run.warn(warning) }
  }

  /// Reads a stream of kind `series` to its end.
  public init(_ reader: TensorReader) throws {
    self =
      try SeriesPanel.holdsSeries(reader) ? .panel(SeriesPanel(reader)) : .single(RereadableSeries(reader))
  }

  /// The columns and the time column.
  public var schema: SeriesSchema {
    switch self {
    case .single(let series): series.schema
    case .panel(let panel): panel.schema
    }
  }
}

extension StageRun {
  /// Reports what was done about the missing values of a series.
  public func report(_ fill: SeriesFill?) {
    guard let fill else { return }
    if let note = fill.note { self.note(note) }
    for warning in fill.warnings { warn(warning) }
  }
}
