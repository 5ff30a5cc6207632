// A streaming reader for comma-separated values (RFC 4180) with a header: quotes, doubled quotes, line breaks
// within quotes, CRLF or LF, and semicolons or tabs instead of commas. Every error states its line.

import ByteStreams
import Failures
import TensorFile

/// Reads a CSV file record by record, in constant memory.
public struct CSVReader {
  /// The maximum size of a record in bytes; it bounds how much is read after an unclosed quote.
  public static let longestRecord = 1 << 24

  /// The column names in the first line; a column without a name is named `column` plus its number.
  public private(set) var header: [String] = []
  /// The separator: the requested one, or the most frequent of `,`, `;` and tab in the first line.
  public let separator: UInt8
  private let name: String
  private var input: CSVInput
  private var row = 0

  /// Reads the header.
  /// - Parameters:
  ///   - name: the name of the file in messages.
  ///   - separator: the byte between fields; if nil, it is detected in the first line.
  public init(_ source: any ByteSource, named name: String, separator: UInt8? = nil) throws {
    var input = CSVInput(source)
    try input.skipByteOrderMark()
    self.name = name
    self.separator = if let separator { separator } else { try input.mostFrequentSeparator() }
    self.input = input
    guard let first = try readRecord() else {
      throw Failure.data("no input: the CSV file is empty", at: name)
    }
    header = try Self.names(first, file: name)
  }

  /// The next record, or nil at the end of the file.
  public mutating func next() throws -> CSVRecord? {
    row += 1
    guard let record = try readRecord() else { return nil }
    guard record.count == header.count else {
      throw Failure.data(
        "line \(record.line) has \(counted(record.count, "field")); the header has \(header.count)", at: name,
        remedy: "each line must have one field per column")
    }
    return record
  }

  private static func names(_ record: CSVRecord, file: String) throws -> [String] {
    var names: [String] = []
    for index in 0..<record.count {
      guard let text = record.text(index) else {
        throw Failure.data("the name of column \(index + 1) is not UTF-8 text", at: file)
      }
      names.append(text.isEmpty ? "column\(index + 1)" : text)
    }
    if names.allSatisfy({ Double($0) != nil }) {
      throw Failure.data(
        "line 1 has numbers instead of column names", at: file, remedy: "add a header line")
    }
    if let duplicate = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw Failure.data("two columns have the name \(duplicate)", at: file, remedy: "rename one of them")
    }
    return names
  }
}

// MARK: - Grammar

extension CSVReader {
  private mutating func readRecord() throws -> CSVRecord? {
    guard try skipEmptyLines() else { return nil }
    var record = CSVRecord(row: row, line: input.line)
    while try readField(into: &record) {
      guard record.size <= Self.longestRecord else {
        throw Failure.data("the record at line \(record.line) is longer than 16 MiB", at: name)
      }
    }
    return record
  }

  /// Whether a record follows. Empty lines are allowed at the end of a file; before a record, they could hide
  /// a missing value.
  private mutating func skipEmptyLines() throws -> Bool {
    let first = input.line
    while let byte = try input.peek() {
      guard byte == CSVInput.lineFeed || byte == CSVInput.carriageReturn else {
        guard input.line == first else {
          throw Failure.data("line \(first) is empty", at: name, remedy: "remove it, or fill it in")
        }
        return true
      }
      input.advance()
    }
    return false
  }

  /// Reads one field; returns whether another one follows in this record.
  private mutating func readField(into record: inout CSVRecord) throws -> Bool {
    if try input.peek() == CSVInput.quote { try readQuoted(into: &record) }
    while let byte = try input.peek(), byte != separator, byte != CSVInput.lineFeed {
      input.advance()
      if try byte == CSVInput.carriageReturn && input.peek() == CSVInput.lineFeed { break }
      record.append(byte)
    }
    record.endField()
    let end = try input.peek()
    if end != nil { input.advance() }
    return end == separator
  }

  private mutating func readQuoted(into record: inout CSVRecord) throws {
    let start = input.line
    input.advance()
    while let byte = try input.peek() {
      input.advance()
      if byte == CSVInput.quote {
        guard try input.peek() == CSVInput.quote else { return try checkAfterQuote(record) }
        input.advance()
      }
      record.append(byte)
      if record.size > Self.longestRecord { break }
    }
    throw Failure.data(
      "line \(start), field \(record.fieldNumber): the closing quote is missing", at: name)
  }

  private mutating func checkAfterQuote(_ record: CSVRecord) throws {
    guard let byte = try input.peek() else { return }
    guard byte == separator || byte == CSVInput.lineFeed || byte == CSVInput.carriageReturn else {
      throw Failure.data(
        "line \(input.line), field \(record.fieldNumber): text follows a closing quote", at: name,
        remedy: "write a quote within quotes twice")
    }
  }
}

extension CSVRecord {
  fileprivate var fieldNumber: Int { count + 1 }
}
