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
  /// The number of the last line that was read, from 1.
  public private(set) var number = 0
  private var source: any ByteSource
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false

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
      throw Failure.data("line \(number + 1) is longer than \(longestLine >> 20) MiB", at: name)
    }
    let more = try source.read(upTo: Self.block)
    buffer.append(contentsOf: more)
    isAtEnd = more.isEmpty
  }
}
