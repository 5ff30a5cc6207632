// The bytes of a CSV file, with line numbers. A line ends with LF, CR LF or CR.

import ByteStreams
import TensorFile

/// Reads a source in blocks and counts lines.
struct CSVInput {
  static let quote = UInt8(ascii: "\"")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")

  private static let block = 1 << 16
  private var source: any ByteSource
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAfterReturn = false
  private(set) var line = 1

  init(_ source: any ByteSource) { self.source = source }

  static func endsLine(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }

  /// The next byte, without consuming it; nil at the end.
  mutating func peek() throws -> UInt8? {
    if position == buffer.count {
      buffer = try source.read(upTo: Self.block)
      position = 0
      if buffer.isEmpty { return nil }
    }
    return buffer[position]
  }

  /// Consumes the byte that `peek` returned.
  mutating func advance() {
    let byte = buffer[position]
    if byte == Self.carriageReturn || (byte == Self.lineFeed && !isAfterReturn) { line += 1 }
    isAfterReturn = byte == Self.carriageReturn
    position += 1
  }

  /// Consumes the end of a line.
  mutating func skipLineEnd() throws {
    let isReturn = try peek() == Self.carriageReturn
    advance()
    if isReturn, try peek() == Self.lineFeed { advance() }
  }

  /// Moves the bytes before the next separator or end of a line to the record.
  mutating func moveField(before separator: UInt8, to record: inout CSVRecord) throws {
    while try peek() != nil {
      let start = position
      while position < buffer.count, buffer[position] != separator, !Self.endsLine(buffer[position]) {
        position += 1
      }
      record.append(buffer[start..<position])
      if start < position { isAfterReturn = false }
      guard position == buffer.count, record.size <= CSVReader.longestRecord else { return }
    }
  }

  /// Consumes the rows without values that begin here, as far as they end with their lines. As records, a file full of
  /// them would take many times longer to read.
  /// - Parameters:
  ///   - separator: the byte between fields.
  ///   - hasSeveralFields: whether rows of several fields are consumed too.
  ///   - rows: takes the rows of a file with `columns` columns.
  mutating func skipEmptyRows(
    _ separator: UInt8, hasSeveralFields: Bool, columns: Int, into rows: inout EmptyRows
  ) throws {
    var scan = RowScan(start: position, index: position, line: line)
    repeat {
      self.scan(&scan, separator, hasSeveralFields: hasSeveralFields, columns: columns, into: &rows)
      (position, line) = (scan.start, scan.line)
      guard !scan.hasEnded, scan.index - scan.start <= CSVReader.longestRecord else { return }
      buffer.removeSubrange(..<position)
      (position, scan.start, scan.index) = (0, 0, scan.index - scan.start)
    } while try readMore()
  }

  /// How far a search for empty rows has come.
  private struct RowScan {
    /// Where the row begins, and the next byte.
    var (start, index): (Int, Int)
    /// The row's line, and how many fields it has so far.
    var line: Int
    var fields = 1
    /// Whether a byte was found that is part of a value.
    var hasEnded = false

    init(start: Int, index: Int, line: Int) { (self.start, self.index, self.line) = (start, index, line) }
  }

  /// Goes on up to the end of the buffer, or to a byte of a value.
  private func scan(
    _ scan: inout RowScan, _ separator: UInt8, hasSeveralFields: Bool, columns: Int,
    into rows: inout EmptyRows
  ) {
    let bytes = buffer.span
    while scan.index < bytes.count {
      let byte = bytes[scan.index]
      if Self.endsLine(byte) {
        if byte == Self.carriageReturn {
          // Whether a line feed follows the last byte, the next block shows.
          if scan.index + 1 == bytes.count { return }
          if bytes[scan.index + 1] == Self.lineFeed { scan.index += 1 }
        }
        rows.add(line: scan.line, fields: scan.fields, columns: columns)
        (scan.start, scan.line, scan.fields) = (scan.index + 1, scan.line + 1, 1)
      } else if byte == separator, hasSeveralFields, scan.fields < CSVReader.mostFields {
        scan.fields += 1
      } else if byte == separator || !isBlankByte(byte) {
        scan.hasEnded = true
        return
      }
      scan.index += 1
    }
  }

  mutating func skipByteOrderMark() throws {
    while buffer.count < 3 { guard try readMore() else { break } }
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// Consumes the line `sep=X` with which spreadsheets declare the separator X; nil if there is none.
  mutating func declaredSeparator() throws -> UInt8? {
    while buffer.count - position < 8 { guard try readMore() else { break } }
    for mark in ["sep=", "\"sep="] where buffer[position...].starts(with: mark.utf8) {
      let rest = buffer[position...].dropFirst(mark.utf8.count)
      guard let separator = rest.first, !Self.endsLine(separator) else { return nil }
      let end = rest.dropFirst().drop { $0 == Self.quote && mark.hasPrefix("\"") }
      guard let next = end.first, Self.endsLine(next) else { return nil }
      position = end.startIndex
      try skipLineEnd()
      return separator
    }
    return nil
  }

  /// The complete lines among the next `count` ones, without consuming them.
  mutating func nextLines(_ count: Int) throws -> [ArraySlice<UInt8>] {
    var (isComplete, searched, ends) = (false, position, 0)
    while !isComplete, buffer.count < CSVReader.longestRecord {
      ends += buffer[searched...].count(where: Self.endsLine)
      searched = buffer.count
      if ends > count * 2 { break }
      isComplete = try !readMore()
    }
    let lines = buffer[position...].split(maxSplits: count, whereSeparator: Self.endsLine)
    return Array(isComplete || lines.count > count ? lines.prefix(count) : lines.dropLast())
  }

  /// Reads one more block behind the buffer; returns whether there was one.
  private mutating func readMore() throws -> Bool {
    let more = try source.read(upTo: Self.block)
    buffer += more
    return !more.isEmpty
  }
}
