// A CSV file as a series: one column of times, the others numbers. A cell that is missing or no number is
// an error that names its row, time and column: a network trains on NaN without a word.

import ByteStreams
import Failures
import TensorFile

/// How a CSV file is to be read as a series.
public struct SeriesCSVOptions: Sendable {
  /// The column of times; where nil, the first column if it holds dates.
  public var time: String?
  /// The columns to read, in this order; all but the times where nil.
  public var columns: [String]?
  /// How times are written; found from the first row where nil.
  public var timeFormat: TimeFormat?
  /// The byte between fields; found from the first line where nil.
  public var separator: UInt8?
  /// Whether `1,5` means one and a half.
  public var decimalComma: Bool

  /// Everything that is not given is found out from the file.
  public init(
    time: String? = nil, columns: [String]? = nil, timeFormat: TimeFormat? = nil, separator: UInt8? = nil,
    decimalComma: Bool = false
  ) {
    (self.time, self.columns, self.timeFormat) = (time, columns, timeFormat)
    (self.separator, self.decimalComma) = (separator, decimalComma)
  }
}

/// Reads a CSV file as rows of a series, in constant memory.
public struct SeriesCSV {
  /// The columns that are read and the time column.
  public let facts: SeriesFacts
  /// Whether the time column was found rather than named.
  public let foundTime: Bool
  private let name: String
  private let options: SeriesCSVOptions
  private let indices: [Int]
  private let timeIndex: Int?
  private var timeFormat: TimeFormat?
  private var reader: CSVReader
  private var pending: CSVRecord?

  /// Reads the header and the first row.
  /// - Parameter name: what messages call the file.
  public init(_ source: any ByteSource, named name: String, _ options: SeriesCSVOptions) throws {
    self.name = name
    self.options = options
    var reader = try CSVReader(source, named: name, separator: options.separator)
    let header = SeriesFacts(columns: reader.header)
    let first = try reader.next()
    let named = try options.time.map { time in try header.index(of: time, file: name) }
    let timeIndex = named ?? Self.dates(in: first, options)
    let time = timeIndex.map { header.columns[$0] }
    let columns = options.columns ?? header.columns.filter { $0 != time }
    pending = first
    self.reader = reader
    self.timeIndex = timeIndex
    foundTime = named == nil && timeIndex != nil
    indices = try columns.map { column in try header.index(of: column, file: name) }
    guard !columns.isEmpty else { throw Failure.data("the file has no column of numbers", at: name) }
    facts = SeriesFacts(columns: columns, time: time.map { TimeFacts(column: $0) })
    timeFormat = options.timeFormat
  }

  /// At most `limit` further rows; nil at the end of the file.
  public mutating func next(atMost limit: Int = 4096) throws -> SeriesRows? {
    var rows = SeriesRows(width: indices.count, hasTimes: timeIndex != nil, hasParts: false)
    while rows.rows < limit, let record = try pending ?? reader.next() {
      pending = nil
      try append(record, to: &rows)
    }
    return rows.rows == 0 ? nil : rows
  }

  /// The first column, if its first cell is a date (which is no number, so nobody can want it as one).
  private static func dates(in first: CSVRecord?, _ options: SeriesCSVOptions) -> Int? {
    let format = options.timeFormat ?? .iso
    return first.flatMap { format.seconds($0[0]) } == nil ? nil : 0
  }

  private mutating func append(_ record: CSVRecord, to rows: inout SeriesRows) throws {
    if let timeIndex { rows.times?.append(try time(record, timeIndex)) }
    for (index, column) in zip(indices, facts.columns) {
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
          + "\(shown(record, index)) is not a time\(timeFormat == nil ? "" : " as the first row writes it")",
        at: name, remedy: "--time-format says how times are written, such as \"dd.mm.yyyy HH:MM:SS\"")
    }
    return time
  }

  private func badCell(_ record: CSVRecord, index: Int, column: String) -> Failure {
    let time = timeIndex.flatMap { record.text($0) }.map { ", \($0)" } ?? ""
    let place = "row \(record.row) (line \(record.line)\(time)), column \(column): "
    if isMissing(record[index]) {
      return Failure.data(
        place + "the value is missing", at: name, remedy: "fill it in, or leave the column out with --columns"
      )
    }
    return Failure.data(
      place + "\(shown(record, index)) is not a finite number", at: name, remedy: remedy(record[index]))
  }

  private func remedy(_ field: ArraySlice<UInt8>) -> String {
    if number(field, decimalComma: true) != nil { return "--decimal-comma reads decimal commas" }
    return "leave the column out with --columns, or name the times with --time"
  }

  private func shown(_ record: CSVRecord, _ index: Int) -> String {
    guard let text = record.text(index) else { return "a text that is not UTF-8" }
    return text.count > 40 ? "\"\(text.prefix(40))...\"" : "\"\(text)\""
  }
}

extension SeriesFacts {
  fileprivate func index(of name: String, file: String) throws(Failure) -> Int {
    guard let index = columns.firstIndex(of: name) else {
      throw missingColumn(name, of: columns).placed(at: file)
    }
    return index
  }
}

/// A finite decimal number, blanks around it allowed; nil for anything else, hexadecimal included.
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

/// Whether a cell says that there is no value, as spreadsheets, R and pandas write it.
private func isMissing(_ field: ArraySlice<UInt8>) -> Bool {
  let text = String(decoding: field, as: UTF8.self).lowercased().filter { $0 != " " && $0 != "\t" }
  return ["", "na", "n/a", "nan", "null", "none", "?", "-"].contains(text)
}
