// Reads a CSV file as a series: one column of times, the others numbers. A cell that is missing or not a
// number is an error that states row, time and column, since a network would silently train on NaN.

import ByteStreams
import Failures
import TensorFile

/// Reads a CSV file as rows of a series, in constant memory.
public struct SeriesCSV {
  private let columns: [String]
  private var times: TimeReader?
  /// The time column and its format, in words, if it was detected rather than given.
  public let detectedTimeColumn: String?
  private let planNotes: [String]
  private let name: String
  private let options: SeriesCSVOptions
  private let indices: [Int]
  private var reader: CSVReader
  private var pending: CSVRecord?

  /// Reads the header and the first row.
  /// - Parameter name: the name of the file in messages.
  public init(_ source: any ByteSource, named name: String, _ options: SeriesCSVOptions) throws {
    self.name = name
    self.options = options
    let source = RewindableSource(source)
    var reader = try CSVReader(source, named: name, options.dialect)
    let header = reader.header
    var first = try reader.next()
    var plan = try TimePlan(options, header: header, first: first, file: name)
    if plan.needsSurvey {
      if let first { plan.add(first) }
      while plan.needsSurvey, let record = try reader.next() { plan.add(record) }
      source.rewind()
      reader = try CSVReader(source, named: name, options.dialect)
      first = try reader.next()
    } else {
      source.forget()
    }
    try plan.settle()
    let columns = options.columns ?? header.filter { !plan.columns.contains($0) }
    pending = first
    self.reader = reader
    times = plan.reader
    detectedTimeColumn = plan.detectedColumn
    planNotes = plan.notes
    indices = try columns.map { column in try Self.index(of: column, in: header, file: name) }
    guard !columns.isEmpty else { throw Failure.data("the file has no numeric column", at: name) }
    self.columns = columns
  }

  /// The names of the columns that are read, and the time column with all that was learned about it so far.
  public var schema: SeriesSchema { SeriesSchema(columns: columns, time: times?.column) }

  /// What the user should know about how times are read, as far as rows were read.
  public var notes: [String] { planNotes + (times?.notes ?? []) }

  private static func index(of column: String, in header: [String], file: String) throws(Failure) -> Int {
    do { return try header.index(ofColumn: column) } catch { throw error.placed(at: file) }
  }

  /// The next rows, at most `limit`; nil at the end of the file.
  public mutating func next(atMost limit: Int = 4096) throws -> SeriesRows? {
    var rows = SeriesRows(width: indices.count, hasTimes: times != nil, hasParts: false)
    while rows.rows < limit, let record = try pending ?? reader.next() {
      pending = nil
      try append(record, to: &rows)
    }
    return rows.rows == 0 ? nil : rows
  }

  private mutating func append(_ record: CSVRecord, to rows: inout SeriesRows) throws {
    if let time = try times?.time(of: record) { rows.times?.append(time) }
    for (index, column) in zip(indices, columns) {
      guard let value = number(record[index], decimalComma: options.decimalComma) else {
        throw badCell(record, index: index, column: column)
      }
      rows.values.append(value)
    }
  }

  private func badCell(_ record: CSVRecord, index: Int, column: String) -> Failure {
    let time = times.map { ", " + $0.shown(record) } ?? ""
    let place = "row \(record.row) (line \(record.line)\(time)), column \(column): "
    if isMissing(record[index]) {
      return Failure.data(
        place + "the value is missing", at: name, remedy: "fill it in, or exclude the column with --columns"
      )
    }
    return Failure.data(
      place + "\(shown(record, index)) is not a finite number", at: name, remedy: remedy(record[index]))
  }

  private func remedy(_ field: ArraySlice<UInt8>) -> String {
    if number(field, decimalComma: true) != nil { return "use --decimal-comma for decimal commas" }
    return "exclude the column with --columns, or name the time column with --time"
  }

  private func shown(_ record: CSVRecord, _ index: Int) -> String {
    guard let text = record.text(index) else { return "text that is not UTF-8" }
    return text.count > 40 ? "\"\(text.prefix(40))...\"" : "\"\(text)\""
  }
}

/// A finite decimal number, possibly with blanks; nil for anything else, including hexadecimal numbers.
private func number(_ field: ArraySlice<UInt8>, decimalComma: Bool) -> Double? {
  var text: [UInt8] = []
  for byte in field where byte != 0x20 && byte != 0x09 {
    let isComma = byte == UInt8(ascii: ",")
    guard (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) || (decimalComma && isComma) else {
      return nil
    }
    text.append(isComma ? UInt8(ascii: ".") : byte)
  }
  guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
  return value
}

/// Whether a cell is a missing value, as written by spreadsheets, R and pandas.
private func isMissing(_ field: ArraySlice<UInt8>) -> Bool {
  let text = String(decoding: field, as: UTF8.self).lowercased().filter { $0 != " " && $0 != "\t" }
  return ["", "na", "n/a", "nan", "null", "none", "?", "-"].contains(text)
}
