// Reads a CSV file as a series: one column of times, the others numbers. A cell that is not a number, or missing where
// nothing says how to fill it, is an error that states row, time and column, since a network would silently train on
// NaN.

import ByteStreams
import Failures
import TensorFile

/// Reads a CSV file as rows of a series, in constant memory.
public struct SeriesCSV {
  /// The number of records that show which columns hold text.
  private static let sampleRows = 20
  /// The number of values from which rows are passed on.
  private static let mostValues = 1 << 20

  /// The time column and its format, in words, if it was detected rather than given.
  public let detectedTimeColumn: String?
  /// Warnings about the file, complete once it has been read to its end.
  public private(set) var warnings: [String] = []
  private let planNotes: [String]
  private let name: String
  private var options: SeriesCSVOptions
  private var columns: [NumberColumn]
  private var times: TimeReader?
  private var previousTime: Int64?
  private var timesRise = true
  private var runs: SeriesRuns?
  private var borders: SequenceBorders?
  /// The column that counts the steps of several series without times.
  private var order: OrderColumn?
  private var reader: CSVReader
  private var pending: [CSVRecord]

  /// Reads the header and the first rows.
  /// - Parameter name: the name of the file in messages.
  public init(_ source: any ByteSource, named name: String, _ options: SeriesCSVOptions) throws {
    self.name = name
    self.options = options
    let source = RewindableSource(source)
    var reader = try CSVReader(source, named: name, options.form.dialect)
    var sample = try Self.sample(&reader)
    let header = reader.header
    try self.options.recognizePanel(header, file: name)
    let options = self.options
    var plan = try TimePlan(options, header: header, first: sample.first, file: name)
    if plan.needsSurvey {
      for record in sample { plan.add(record) }
      while plan.needsSurvey, let record = try reader.next() { plan.add(record) }
      source.rewind()
      reader = try CSVReader(source, named: name, options.form.dialect)
      sample = try Self.sample(&reader)
    } else {
      source.forget()
    }
    try plan.settle()
    let timeIndices = try header.indices(of: plan.columns)
    borders = try options.sequences.map { columns throws(Failure) in
      try SequenceBorders(columns, header: header, file: name)
    }
    var indices = try NumberColumn.choose(
      options, header: header, times: timeIndices, names: borders?.fields.indices ?? [], sample, file: name)
    if options.sequences.map({ $0.isPanel }) ?? false, timeIndices.isEmpty,
      let counts = OrderColumn(header, sample, file: name)
    {
      // It is an input only if the user names it.
      if options.columns == nil { indices.removeAll { $0 == counts.index } }
      if !indices.contains(counts.index) { order = counts }
      guard !indices.isEmpty else { throw Failure.data("the file has no numeric column", at: name) }
    }
    _ = try options.required?.names(among: indices.map { header[$0] })
    columns = indices.map { index in
      NumberColumn(
        header[index], index: index, format: options.form.numbers,
        checksMarks: Self.suspectsMarks(options, reader.separator, sample.first, timeIndices))
    }
    pending = sample.reversed()
    self.reader = reader
    times = plan.reader
    detectedTimeColumn = plan.detectedColumn
    planNotes = plan.notes
    runs =
      borders == nil
      ? SeriesRuns(header: header, timeIndices: timeIndices) : nil
  }

  private static func sample(_ reader: inout CSVReader) throws -> [CSVRecord] {
    var sample: [CSVRecord] = []
    while sample.count < sampleRows, let record = try reader.next() { sample.append(record) }
    return sample
  }

  /// The columns that name and describe the series of a row, if the file holds several.
  public var panel: SequenceColumns? { options.sequences.flatMap { $0.isPanel ? $0 : nil } }

  /// The names of the columns that are read, and the time column with all that was learned about it so far.
  public var schema: SeriesSchema { SeriesSchema(columns: columns.map(\.name), time: times?.column) }

  /// Notes for the user on how times are read, based on the rows read so far.
  public var notes: [String] {
    let counts = "column \(OrderColumn.name) counts steps: it is not an input, and forecasts have no times"
    return planNotes + (times?.notes ?? []) + (order == nil ? [] : [counts])
  }

  /// The next rows, at most `limit`, and fewer of wide ones; nil at the end of the file.
  public mutating func next(atMost limit: Int = 4096) throws -> SeriesRows? {
    var rows = SeriesRows(width: columns.count, hasTimes: times != nil, hasParts: false)
    while rows.rows < limit, rows.values.count < Self.mostValues {
      guard let record = try pending.popLast() ?? reader.next() else {
        try finish()
        break
      }
      try append(record, to: &rows)
    }
    return rows.rows == 0 ? nil : rows
  }

  /// In a panel, only the series that are used must be complete, which is checked when they are.
  private var allowsMissing: Bool { options.allowsMissing || panel != nil }

  /// Whether a mark before three digits may be a mark between groups of digits: where commas are decimal marks, and,
  /// for a decimal point, in a file with semicolons or dates with points, as programs in such places write them.
  private static func suspectsMarks(
    _ options: SeriesCSVOptions, _ separator: UInt8, _ first: CSVRecord?, _ times: [Int]
  ) -> Bool {
    var hasPoints = false
    if let first, let time = times.first { hasPoints = first[time].count { $0 == UInt8(ascii: ".") } > 1 }
    return options.form.numbers.decimalComma || separator == UInt8(ascii: ";") || hasPoints
  }

  private mutating func append(_ record: CSVRecord, to rows: inout SeriesRows) throws {
    if let beginning = try borders?.beginning(record, row: rows.rows) {
      rows.beginnings.append(beginning)
      previousTime = nil
      order?.beginSeries()
      for position in columns.indices { columns[position].beginSequence() }
    }
    if let time = try times?.time(of: record) {
      try checkOrder(time, record)
      rows.times?.append(time)
    }
    if let series = borders?.name { try order?.check(record, series: series) }
    runs?.add(record)
    for position in columns.indices {
      guard let value = columns[position].value(record[columns[position].index]) else {
        throw notANumber(record, columns[position])
      }
      if value.isNaN, !allowsMissing { throw missing(record, columns[position]) }
      rows.values.append(value)
    }
  }

  /// The first time that doesn't rise begins another series if another column says so too. If none does, times are
  /// out of order, which is reported when they are checked, and later rows are no evidence of several series.
  private mutating func checkOrder(_ time: Int64, _ record: CSVRecord) throws {
    defer { previousTime = time }
    guard timesRise, let previousTime, time <= previousTime else { return }
    if borders != nil { throw outOfOrder(record, repeats: time == previousTime) }
    if let failure = runs?.failure(beforeAdding: record, file: name) { throw failure }
    timesRise = false
  }
}

// MARK: - Errors

extension SeriesCSV {
  private func missing(_ record: CSVRecord, _ column: NumberColumn) -> Failure {
    Failure.data(
      place(record, column) + "the value is missing", at: name,
      remedy: "use --fill, for example --fill previous, or exclude the column with --columns")
  }

  private func outOfOrder(_ record: CSVRecord, repeats: Bool) -> Failure {
    if panel != nil, let series = borders?.name {
      return Failure.data(
        "row \(record.row) (line \(record.line), \(times?.shown(record) ?? "")): the time "
          + (repeats ? "repeats" : "goes backwards") + " within series \(series)",
        at: name, remedy: repeats ? "keep one row per time" : "sort the rows of each series by time")
    }
    return Failure.data(
      "row \(record.row) (line \(record.line), \(times?.shown(record) ?? "")): the time is not after that of the row before",
      at: name, remedy: "sort the rows of each sequence by time")
  }

  private func notANumber(_ record: CSVRecord, _ column: NumberColumn) -> Failure {
    guard record.text(column.index) != nil else {
      return notUTF8(place(record, column) + "the cell", at: name)
    }
    if let date = ImpossibleDate(record[column.index]) {
      return Failure.data(place(record, column) + date.problem, at: name, remedy: ImpossibleDate.remedy)
    }
    return Failure.data(
      place(record, column) + "\(record.shown(column.index)) is not a finite number", at: name,
      remedy: remedy(record[column.index], column))
  }

  private func remedy(_ cell: ArraySlice<UInt8>, _ column: NumberColumn) -> String {
    if let advice = NumberAdvice(cell, readAs: options.form.numbers).text { return advice }
    if reader.header.count == 1, column.name.contains(" "), cell.contains(UInt8(ascii: " ")) {
      return "separate the fields by commas, for example with tr -s ' ' ,"
    }
    guard times == nil else { return "exclude the column with --columns" }
    if TimeFormat.iso.read(cell) != nil {
      return "name the time column: --time \(shellQuoted(column.name))"
    }
    return "exclude the column with --columns, or name the time column with --time"
  }

  private func place(_ record: CSVRecord, _ column: NumberColumn) -> String {
    let time = times.map { ", " + $0.shown(record) } ?? ""
    return "row \(record.row) (line \(record.line)\(time)), column \(column.name): "
  }
}

// MARK: - The end of the file

extension SeriesCSV {
  /// Checks the file as a whole.
  private mutating func finish() throws {
    guard warnings.isEmpty else { return }
    if let failure = runs?.failure(file: name) { throw failure }
    if options.columns == nil { try checkDefaultColumns() }
    for column in columns where column.hasDoubtfulMarks {
      let (text, decimal, grouped) = column.doubtfulExample
      warnings.append(
        "column \(column.name): three digits follow every decimal mark: \(text) was read as \(decimal) "
          + "(if it means \(grouped), use \(options.form.numbers.decimalComma ? "--thousands comma" : "--thousands point"))"
      )
    }
    for label in runs?.doubtfulLabels ?? [] {
      warnings.append("column \(label) stays the same for many rows: windows mix its values")
    }
  }

  /// Whether a column certainly holds times: its name says so, or nothing else does and the numbers are regular.
  private func holdsTimes(_ column: NumberColumn) -> Bool {
    guard column.holdsTimes, columns.count > 1 else { return false }
    return isTimeName(column.name) || (times == nil && column.countsRows)
  }

  private func listedColumns(except column: NumberColumn) -> String {
    shellQuoted(
      columns.filter { $0.name != column.name }.map { ColumnList.quoted($0.name) }.joined(separator: ","))
  }

  /// Rejects columns of times, and warns of columns that count rows, which were not asked for by name.
  private mutating func checkDefaultColumns() throws {
    for column in columns where holdsTimes(column) {
      let names = listedColumns(except: column)
      throw Failure.data(
        "column \(column.name) holds times", at: name,
        remedy: schema.time == nil
          ? "name the time column: --time \(shellQuoted(column.name))" : "name the others: --columns \(names)"
      )
    }
    for column in columns where column.countsRows && columns.count > 1 {
      warnings.append(
        "column \(column.name) looks like a row number (\(column.start)), but is used as an input "
          + "(choose the inputs with --columns)")
    }
  }
}
