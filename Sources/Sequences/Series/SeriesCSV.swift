// Reads a CSV file as a series: one column of times, the others numbers. A cell that is missing or not a
// number is an error that states row, time and column, since a network would silently train on NaN.

import ByteStreams
import Failures
import TensorFile

/// Reads a CSV file as rows of a series, in constant memory.
public struct SeriesCSV {
  /// The names of the columns that are read, and the time column.
  public let schema: SeriesSchema
  /// The name of the time column if it was detected rather than given.
  public let detectedTimeColumn: String?
  private let name: String
  private let options: SeriesCSVOptions
  private let indices: [Int]
  private let timeIndex: Int?
  private var timeFormat: TimeFormat?
  private var reader: CSVReader
  private var pending: CSVRecord?

  /// Reads the header and the first row.
  /// - Parameter name: the name of the file in messages.
  public init(_ source: any ByteSource, named name: String, _ options: SeriesCSVOptions) throws {
    self.name = name
    self.options = options
    var reader = try CSVReader(source, named: name, options.dialect)
    let header = reader.header
    let first = try reader.next()
    let named = try options.time.map { time in try Self.index(of: time, in: header, file: name) }
    let timeIndex = named ?? Self.dates(in: first, options)
    let time = timeIndex.map { header[$0] }
    let columns = options.columns ?? header.filter { $0 != time }
    pending = first
    self.reader = reader
    self.timeIndex = timeIndex
    detectedTimeColumn = named == nil ? time : nil
    indices = try columns.map { column in try Self.index(of: column, in: header, file: name) }
    guard !columns.isEmpty else { throw Failure.data("the file has no numeric column", at: name) }
    schema = SeriesSchema(columns: columns, time: time.map { TimeColumn(column: $0) })
    timeFormat = options.timeFormat
  }

  private static func index(of column: String, in header: [String], file: String) throws(Failure) -> Int {
    do { return try header.index(ofColumn: column) } catch { throw error.placed(at: file) }
  }

  /// The next rows, at most `limit`; nil at the end of the file.
  public mutating func next(atMost limit: Int = 4096) throws -> SeriesRows? {
    var rows = SeriesRows(width: indices.count, hasTimes: timeIndex != nil, hasParts: false)
    while rows.rows < limit, let record = try pending ?? reader.next() {
      pending = nil
      try append(record, to: &rows)
    }
    return rows.rows == 0 ? nil : rows
  }

  /// The first column, if its first cell is a date (a date is not a number, so the column can't be a value).
  private static func dates(in first: CSVRecord?, _ options: SeriesCSVOptions) -> Int? {
    let format = options.timeFormat ?? .iso
    return first.flatMap { format.seconds($0[0]) } == nil ? nil : 0
  }

  private mutating func append(_ record: CSVRecord, to rows: inout SeriesRows) throws {
    if let timeIndex { rows.times?.append(try time(record, timeIndex)) }
    for (index, column) in zip(indices, schema.columns) {
      guard let value = number(record[index], decimalComma: options.decimalComma) else {
        throw badCell(record, index: index, column: column)
      }
      rows.values.append(value)
    }
  }

  private mutating func time(_ record: CSVRecord, _ index: Int) throws -> Int64 {
    if timeFormat == nil { timeFormat = TimeFormat.detect(record[index]) }
    guard let time = timeFormat?.seconds(record[index]) else {
      throw Failure.data(
        "row \(record.row) (line \(record.line)), column \(reader.header[index]): "
          + "\(shown(record, index)) is not a time\(timeFormat == nil ? "" : " in the format of the first row")",
        at: name, remedy: "set --time-format, for example to \"dd.mm.yyyy HH:MM:SS\"")
    }
    return time
  }

  private func badCell(_ record: CSVRecord, index: Int, column: String) -> Failure {
    let time = timeIndex.flatMap { record.text($0) }.map { ", \($0)" } ?? ""
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
