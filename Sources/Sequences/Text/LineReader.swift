// Reads lines from a source of bytes, in constant memory.

import ByteStreams
import Failures
import TensorFile

/// Reads lines terminated by LF or CRLF, and skips a byte order mark at the beginning.
public struct LineReader {
  /// The maximum length of a line in bytes, a multiple of 1 MiB: 64 MiB, or less where a longer line can't be meant, or
  /// would need many times its size.
  public var longestLine = 1 << 26
  private static let block = 1 << 18

  /// The name of the source in messages.
  public let name: String
  /// The number in the file of a line with this number, if the file is not read from its beginning.
  public var numberInFile: @Sendable (Int) -> Int = { $0 }
  /// The number of the last line that was read, from 1.
  public private(set) var number = 0
  private var source: any ByteSource
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  /// How many empty rows precede the next line.
  private var emptyRows = 0
  /// The maximum number of empty rows one after another.
  private static let mostEmptyRows = 1 << 20

  /// - Parameter name: the name of the source in messages.
  public init(_ source: any ByteSource, named name: String) {
    self.source = source
    self.name = name
  }

  /// The next line without its terminator; nil after the last.
  /// - Throws: `Failure` (data) if it is longer than `longestLine`.
  public mutating func next() throws -> ArraySlice<UInt8>? {
    guard let end = try findEnd() else { return nil }
    var line = buffer[position..<end]
    position = end + 1
    number += 1
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    return line
  }

  /// The next line with more than blanks; nil after the last.
  /// - Parameters:
  ///   - separator: a byte that counts as a blank.
  ///   - comment: the byte with which a comment begins, which is passed over too, after blanks.
  /// - Throws: `Failure` (data) if a line is longer than `longestLine`.
  public mutating func nextFilled(
    separator: UInt8? = nil, comment: UInt8? = nil
  ) throws -> ArraySlice<UInt8>? {
    while true {
      try skipEmptyLines(separator: separator, comment: comment)
      guard let line = try next() else { return nil }
      if let first = line.first(where: { !Self.isBlank($0) && $0 != separator }), first != comment {
        return line
      }
    }
  }

  /// The next line, where an empty one is a row without text.
  /// - Throws: `Failure` (data) as `next()`, and if more empty lines follow one another than any text has: for each row,
  ///   a later stage does work.
  mutating func nextRow() throws -> ArraySlice<UInt8>? {
    guard let line = try next() else { return nil }
    emptyRows = line.allSatisfy(Self.isBlank) ? emptyRows + 1 : 0
    guard emptyRows <= Self.mostEmptyRows else {
      throw Failure.data(
        "more than \(Self.mostEmptyRows) empty lines end in line \(numberInFile(number))", at: name,
        remedy: "remove them")
    }
    return line
  }

  /// Consumes the lines of blanks that begin here, and comments, as far as they end with a line feed.
  /// - Parameter most: how many are consumed at the most.
  /// - Returns: how many.
  @discardableResult
  mutating func skipEmptyLines(
    separator: UInt8? = nil, comment: UInt8? = nil, most: Int = .max
  ) throws -> Int {
    let first = number
    var scan = LineScan(start: position, index: position, mostLines: most)
    while true {
      self.scan(&scan, separator, comment)
      position = scan.start
      number = first + scan.lines
      if scan.hasEnded || isAtEnd { return scan.lines }
      try readMore()
      (scan.start, scan.index) = (0, scan.index - scan.start)
    }
  }

  /// How far a search for empty lines has come.
  private struct LineScan {
    /// Where the line begins, and the next byte.
    var (start, index): (Int, Int)
    /// The number of lines before it, and how many may be passed over.
    var lines = 0
    let mostLines: Int
    var isComment = false
    /// Whether a line was found that is not passed over.
    var hasEnded = false

    init(start: Int, index: Int, mostLines: Int) {
      (self.start, self.index, self.mostLines) = (start, index, mostLines)
    }
  }

  /// Goes on up to the end of the buffer, or to a byte that is part of a filled line.
  private func scan(_ scan: inout LineScan, _ separator: UInt8?, _ comment: UInt8?) {
    let bytes = buffer.span
    while scan.index < bytes.count {
      let byte = bytes[scan.index]
      if byte == UInt8(ascii: "\n") {
        guard scan.lines < scan.mostLines else { return scan.hasEnded = true }
        (scan.start, scan.lines, scan.isComment) = (scan.index + 1, scan.lines + 1, false)
      } else if !scan.isComment, !Self.isBlank(byte), byte != separator {
        scan.isComment = byte == comment
        guard scan.isComment else { return scan.hasEnded = true }
      }
      scan.index += 1
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

  /// The end of the line that begins at `position`; nil if there is none.
  private mutating func findEnd() throws -> Int? {
    var searched = position
    while true {
      if let end = lineFeed(from: searched) { return end }
      if isAtEnd { return position < buffer.count ? buffer.count : nil }
      searched = buffer.count - position
      try readMore()
    }
  }

  private func lineFeed(from start: Int) -> Int? {
    let bytes = buffer.span
    var index = start
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\n") { return index }
      index += 1
    }
    return nil
  }

  /// Reads more bytes, after moving the rest of the buffer to its beginning.
  private mutating func readMore() throws {
    if position > 0 {
      buffer.removeSubrange(..<position)
      position = 0
    }
    guard buffer.count - position <= longestLine else {
      throw Failure.data("line \(numberInFile(number + 1)) is longer than \(longestLine >> 20) MiB", at: name)
    }
    let more = try source.read(upTo: Self.block)
    buffer.append(contentsOf: more)
    isAtEnd = more.isEmpty
  }
}
