// A streaming reader for comma-separated values (RFC 4180) as spreadsheets and other programs write them: quotes,
// doubled quotes, line breaks within quotes, lines that end with LF, CR LF or CR, semicolons, tabs or bars instead
// of commas, the line `sep=;`, empty rows at the end, with a header or without. Every error states its line.

import ByteStreams
import Failures
import TensorFile

/// Reads a CSV file record by record, in constant memory.
public struct CSVReader {
  /// The maximum size of a record in bytes; it bounds how much is read after an unclosed quote.
  public static let longestRecord = 1 << 24
  /// The maximum number of fields of a record, and so of columns.
  public static let mostFields = 1 << 18
  /// The number of lines that show the separator.
  private static let sampleLines = 10

  /// The column names: those in the first line, `column` plus the number for a column without a name; or `1`, `2`,
  /// ... if the file has no header.
  public private(set) var header: [String] = []
  /// Whether the first line named the columns.
  public private(set) var hasHeader = true
  /// The separator: the requested one, the one that the file declares, or the one that its first lines show.
  public let separator: UInt8
  private let name: String
  private let dialect: CSVDialect
  private var input: CSVInput
  private var row = 0
  private var unnamedColumns = 0
  /// Records that were read but not returned yet.
  private var pending: [CSVRecord] = []
  private var emptyRows = EmptyRows()

  /// Reads the header.
  /// - Parameters:
  ///   - name: the name of the file in messages.
  ///   - dialect: how the file is written.
  public init(_ source: any ByteSource, named name: String, _ dialect: CSVDialect = CSVDialect()) throws {
    var input = CSVInput(source)
    try input.skipByteOrderMark()
    let declared = try input.declaredSeparator()
    self.name = name
    self.dialect = dialect
    separator =
      try dialect.separator ?? declared
      ?? CSVSeparator.detect(
        input.nextLines(Self.sampleLines), decimalComma: dialect.hasDecimalCommas)
    self.input = input
    let first = try readFirstLine()
    pending = [first]
    if let second = try readRecord() { pending.append(second) }
    try readHeader(first, pending.dropFirst().first)
  }

  /// The next record, or nil at the end of the file.
  public mutating func next() throws -> CSVRecord? {
    guard var record = try emptyRows.next() ?? readPastEmptyRows() else { return nil }
    row += 1
    record.row = row
    return record
  }

  // MARK: Header

  private mutating func readFirstLine() throws -> CSVRecord {
    guard let first = try readRecord() else {
      throw Failure.data("no input: the CSV file is empty", at: name)
    }
    guard first.isBlank else { return first }
    while let record = try readPastSkipped() {
      if record.isBlank { continue }
      throw Failure.data("line \(first.line) is empty", at: name, remedy: "remove it")
    }
    throw Failure.data("no input: the CSV file has only empty lines", at: name)
  }

  private mutating func readHeader(_ first: CSVRecord, _ second: CSVRecord?) throws {
    // A single # may begin a name, such as #chrom.
    if let second, [first, second].allSatisfy({ $0.trimmed(0).first == UInt8(ascii: "#") }) {
      throw Failure.data(
        "line \(first.line) is a comment", at: name, remedy: "remove the lines that begin with #")
    }
    let holdsValues = dialect.header.given == nil && CSVHeaderLine.holdsValues(first, second)
    if holdsValues, dialect.header == .present {
      throw Failure.data(
        "line \(first.line) contains values, not column names", at: name,
        remedy: "add a header line" + (dialect.offersNoHeader ? ", or use --no-header" : ""))
    }
    hasHeader = dialect.header != .absent && !holdsValues
    if hasHeader, dialect.header != .certain, dialect.offersNoHeader {
      try CSVHeaderLine.refuseDoubtfulNames(first, second, file: name)
    }
    unnamedColumns = dialect.keepsEmptyRows ? 0 : CSVHeaderLine.unnamedColumns(first, second)
    var names = first
    names.removeLastFields(unnamedColumns)
    guard hasHeader else {
      header = (1...max(1, names.count)).map { "\($0)" }
      return
    }
    header = try CSVHeaderLine.names(names, offersEncoding: dialect.offersEncoding, file: name)
    pending.removeFirst()
  }

  // MARK: Rows

  /// The next record with a value, or the first of the empty ones before it; nil at the end of the file.
  private mutating func readPastEmptyRows() throws -> CSVRecord? {
    while let record = try pending.isEmpty ? readPastSkipped() : pending.removeFirst() {
      guard record.isBlank else {
        if emptyRows.isEmpty { return try checked(record) }
        try emptyRows.end(before: checked(record), columns: header.count, file: name)
        return emptyRows.next()
      }
      if dialect.keepsEmptyRows, record.count > 1 { return try checked(record) }
      emptyRows.add(line: record.line, fields: record.count, columns: header.count + unnamedColumns)
    }
    return nil
  }

  /// The next record after the empty rows that can be passed over, which it counts.
  private mutating func readPastSkipped() throws -> CSVRecord? {
    try input.skipEmptyRows(
      separator, hasSeveralFields: !dialect.keepsEmptyRows, columns: header.count + unnamedColumns,
      into: &emptyRows)
    return try readRecord()
  }

  /// The record without the fields of unnamed columns.
  private func checked(_ record: CSVRecord) throws -> CSVRecord {
    guard record.count == header.count + unnamedColumns else { throw wrongCount(record) }
    guard unnamedColumns > 0 else { return record }
    for index in header.count..<record.count where !record.trimmed(index).isEmpty {
      throw Failure.data(
        "line \(record.line) has a value in column \(index + 1), which has no name", at: name,
        remedy: "name the column in line 1")
    }
    var record = record
    record.removeLastFields(unnamedColumns)
    return record
  }

  private func wrongCount(_ record: CSVRecord) -> Failure {
    let (count, columns) = (record.count, header.count + unnamedColumns)
    let fields = "\(count) field\(count == 1 ? "" : "s")"
    let first = hasHeader ? "the header has \(columns)" : "line 1 has \(columns)"
    return Failure.data(
      "line \(record.line) has \(fields); \(first)", at: name, remedy: remedy(forCountOf: record))
  }

  private func remedy(forCountOf record: CSVRecord) -> String {
    let hasMark = [header.first?.utf8.first, record[0].first].contains(UInt8(ascii: "#"))
    if hasMark { return "remove the comment lines" }
    let isDecimal =
      separator == UInt8(ascii: ",") && !dialect.hasDecimalCommas && record.count == 2 * header.count
    if isDecimal, dialect.offersNumberOptions, (0..<record.count).allSatisfy({ isDigits(record[$0]) }) {
      return "for decimal commas, use --separator semicolon --decimal-comma"
    }
    if hasHeader, record.count == header.count + 1 { return "name each column, that of row numbers included" }
    return "each line must have one field per column"
  }

  private func isDigits(_ field: ArraySlice<UInt8>) -> Bool {
    field.drop { $0 == UInt8(ascii: "-") }.allSatisfy { (0x30...0x39).contains($0) }
  }
}

// MARK: - Grammar

extension CSVReader {
  private mutating func readRecord() throws -> CSVRecord? {
    guard try input.peek() != nil else { return nil }
    var record = CSVRecord(line: input.line)
    while try readField(into: &record) {
      guard record.size <= Self.longestRecord else { throw tooLong(record) }
      guard record.count < Self.mostFields else {
        throw Failure.data(
          "the record at line \(record.line) has more than \(Self.mostFields) fields", at: name)
      }
    }
    guard record.size <= Self.longestRecord else { throw tooLong(record) }
    return record
  }

  private func tooLong(_ record: CSVRecord) -> Failure {
    Failure.data(
      "the record at line \(record.line) is longer than \(Self.longestRecord >> 20) MiB", at: name,
      remedy: record.hasQuotes ? "look for a quote that is not closed" : nil)
  }

  /// Reads one field; returns whether another one follows in this record.
  private mutating func readField(into record: inout CSVRecord) throws -> Bool {
    if try input.peek() == CSVInput.quote { try readQuoted(into: &record) }
    try input.moveField(before: separator, to: &record)
    record.endField()
    switch try input.peek() {
    case nil: return false
    case separator:
      input.advance()
      return true
    default:
      try input.skipLineEnd()
      return false
    }
  }

  private mutating func readQuoted(into record: inout CSVRecord) throws {
    let start = input.line
    record.beginQuotedField()
    input.advance()
    while let byte = try input.peek() {
      input.advance()
      if byte == CSVInput.quote {
        guard try input.peek() == CSVInput.quote else { return try checkAfterQuote(record) }
        input.advance()
      }
      record.append(byte)
      guard record.size <= Self.longestRecord else { throw tooLong(record) }
    }
    throw Failure.data(
      "line \(start), field \(record.count + 1): the closing quote is missing", at: name)
  }

  private mutating func checkAfterQuote(_ record: CSVRecord) throws {
    while try input.peek() == UInt8(ascii: " "), separator != UInt8(ascii: " ") { input.advance() }
    guard let byte = try input.peek(), byte != separator, !CSVInput.endsLine(byte) else { return }
    throw Failure.data(
      "line \(input.line), field \(record.count + 1): text follows a closing quote", at: name,
      remedy: "write a quote within quotes twice")
  }
}
