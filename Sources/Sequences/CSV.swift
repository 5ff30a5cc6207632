// A streaming reader of comma-separated values (RFC 4180) with a header: quotes, doubled quotes, line
// breaks within quotes, CRLF or LF, and semicolons or tabs in place of commas. Every error names its line.

import ByteStreams
import Failures
import TensorFile

/// One line of a CSV file: its fields with quotes removed.
public struct CSVRecord: Sendable {
  /// The data row, from 1; the header is row 0.
  public let row: Int
  /// The line of the file on which the record begins, from 1.
  public let line: Int
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  init(row: Int, line: Int) {
    self.row = row
    self.line = line
  }

  /// How many fields the record has.
  public var count: Int { ends.count }

  /// The bytes of field `index`.
  public subscript(index: Int) -> ArraySlice<UInt8> {
    bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// Field `index` as text without surrounding blanks; nil where it is no UTF-8.
  public func text(_ index: Int) -> String? {
    let field = self[index]
    let start = field.firstIndex { !isBlank($0) } ?? field.endIndex
    let end = field.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    return String(validating: field[start..<end], as: UTF8.self)
  }

  var size: Int { bytes.count }
  mutating func append(_ byte: UInt8) { bytes.append(byte) }
  mutating func endField() { ends.append(bytes.count) }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

/// Reads a CSV file record by record in constant memory.
public struct CSVReader {
  /// The longest record accepted, in bytes: what an unclosed quote may swallow before it is found out.
  public static let longestRecord = 1 << 24

  /// The column names of the first line; an unnamed column is called `column` and its number.
  public private(set) var header: [String] = []
  /// The separator: the one asked for, or the commonest of `,`, `;` and tab in the first line.
  public let separator: UInt8
  private let name: String
  private var input: ByteQueue
  private var row = 0

  /// Reads the header.
  /// - Parameters:
  ///   - name: what messages call the file.
  ///   - separator: the byte between fields; found from the first line where nil.
  public init(_ source: any ByteSource, named name: String, separator: UInt8? = nil) throws {
    var input = ByteQueue(source)
    try input.skipByteOrderMark()
    self.name = name
    self.separator = if let separator { separator } else { try input.commonestSeparator() }
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
        "line \(record.line) has \(record.count) fields, the header has \(header.count)", at: name,
        remedy: "each line must have one field for each column")
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
        "line 1 holds numbers where the names of the columns belong", at: file, remedy: "add a header line")
    }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw Failure.data("two columns are called \(twice)", at: file, remedy: "rename one of them")
    }
    return names
  }
}

// MARK: - Grammar

private let quote = UInt8(ascii: "\"")
private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")

extension CSVReader {
  private mutating func readRecord() throws -> CSVRecord? {
    guard try skipEmptyLines() else { return nil }
    var record = CSVRecord(row: row, line: input.line)
    while try readField(into: &record) {
      guard record.size <= Self.longestRecord else {
        throw Failure.data("the record of line \(record.line) is longer than 16 MiB", at: name)
      }
    }
    return record
  }

  /// Whether a record follows. Lines without any text may end a file; before a record they would hide a
  /// missing value.
  private mutating func skipEmptyLines() throws -> Bool {
    let first = input.line
    while let byte = try input.peek() {
      guard byte == lineFeed || byte == carriageReturn else {
        guard input.line == first else {
          throw Failure.data("line \(first) is empty", at: name, remedy: "remove it, or fill it in")
        }
        return true
      }
      input.advance()
    }
    return false
  }

  /// Reads one field; whether another follows in this record.
  private mutating func readField(into record: inout CSVRecord) throws -> Bool {
    if try input.peek() == quote { try readQuoted(into: &record) }
    while let byte = try input.peek(), byte != separator, byte != lineFeed {
      input.advance()
      if try byte == carriageReturn && input.peek() == lineFeed { break }
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
      if byte == quote {
        guard try input.peek() == quote else { return try checkAfterQuote(record) }
        input.advance()
      }
      record.append(byte)
      if record.size > Self.longestRecord { break }
    }
    throw Failure.data(
      "line \(start), field \(record.fieldNumber): a quote is opened and never closed", at: name)
  }

  private mutating func checkAfterQuote(_ record: CSVRecord) throws {
    guard let byte = try input.peek() else { return }
    guard byte == separator || byte == lineFeed || byte == carriageReturn else {
      throw Failure.data(
        "line \(input.line), field \(record.fieldNumber): text follows a closing quote", at: name,
        remedy: "a quote within quotes is written twice")
    }
  }
}

extension CSVRecord {
  fileprivate var fieldNumber: Int { count + 1 }
}

// MARK: - Input

/// Bytes of a source one at a time, counting lines.
private struct ByteQueue {
  private static let block = 1 << 16
  private var source: any ByteSource
  private var buffer: [UInt8] = []
  private var position = 0
  private(set) var line = 1

  init(_ source: any ByteSource) { self.source = source }

  /// The next byte, left in place; nil at the end.
  mutating func peek() throws -> UInt8? {
    if position == buffer.count {
      buffer = try source.read(upTo: Self.block)
      position = 0
      if buffer.isEmpty { return nil }
    }
    return buffer[position]
  }

  mutating func advance() {
    if buffer[position] == lineFeed { line += 1 }
    position += 1
  }

  mutating func skipByteOrderMark() throws {
    while buffer.count < 3 {
      let more = try source.read(upTo: Self.block)
      if more.isEmpty { break }
      buffer += more
    }
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// Of comma, semicolon and tab the one that the first line holds most often outside quotes.
  mutating func commonestSeparator() throws -> UInt8 {
    while !buffer.contains(lineFeed), buffer.count < CSVReader.longestRecord {
      let more = try source.read(upTo: Self.block)
      if more.isEmpty { break }
      buffer += more
    }
    var counts: [UInt8: Int] = [:]
    var quoted = false
    for byte in buffer[position...].prefix(while: { $0 != lineFeed }) {
      if byte == quote { quoted.toggle() }
      if !quoted { counts[byte, default: 0] += 1 }
    }
    let candidates = [",", ";", "\t"].compactMap(\.utf8.first)
    return candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? UInt8(ascii: ",")
  }
}
