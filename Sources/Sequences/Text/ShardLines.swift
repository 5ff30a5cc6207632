// The lines of a shard of a plain text file, of which nothing else is read but its first line: that says what all lines are
// like, such as which fields of JSON Lines have the text, or whether lines have labels.
//
// The bytes of the file are divided equally. A line is in the shard in which its first byte is, so that every line is in
// exactly one, and borders are found without reading what is before them.

import ByteStreams
import Failures
import TensorFile

/// The first line of a file, and the lines that begin in a range of its bytes.
public struct ShardLines: ByteSource, Sendable {
  /// The number of bytes that are read at once, and of the longest line that is looked for.
  private static let (block, longestLine) = (1 << 18, 1 << 26)
  private static let lineFeed = UInt8(ascii: "\n")

  /// The shard, and the bytes of the file without a mark.
  public let record: ShardRecord
  /// The number of lines before those of the shard that are read nevertheless, up to the first row.
  public let leadingLines: Int
  /// Whether the first row belongs to another shard.
  public var beginsWithForeignRow: Bool { leadingLines > 0 }
  private let file: FilePosition
  private let lines: Range<Int>
  private var leading: [UInt8]
  /// The next byte of the lines of the shard.
  private var position: Int

  /// - Parameters:
  ///   - file: the beginning of the text, behind a byte order mark.
  ///   - size: the number of bytes from there on.
  ///   - skipsBlankLines: whether lines of blanks are no rows.
  public init(_ file: FilePosition, size: Int, _ shard: Shard, skipsBlankLines: Bool) throws {
    self.file = file
    record = ShardRecord(shard, of: size, .bytes)
    let start = try Self.lineStart(file, from: record.range.lowerBound, size)
    let end = try Self.lineStart(file, from: record.range.upperBound, size)
    lines = start..<max(start, end)
    leading = start == 0 ? [] : try Self.firstRow(file, size, skipsBlankLines)
    leadingLines = leading.count { $0 == Self.lineFeed }
    position = start
  }

  /// At most `count` bytes: of the first row if it belongs to another shard, then of the shard.
  public mutating func read(upTo count: Int) throws -> [UInt8] {
    guard !leading.isEmpty else {
      var rest = Self.source(file, position..<lines.upperBound)
      let bytes = try rest.read(upTo: count)
      position += bytes.count
      return bytes
    }
    defer { leading.removeFirst(min(count, leading.count)) }
    return Array(leading.prefix(count))
  }

  /// The number in the file of the line that has the number `line` here, both from 1. The lines before it are counted only
  /// now, for a message.
  public func numberInFile(of line: Int) -> Int {
    guard line > leadingLines, lines.lowerBound > 0 else { return line }
    var (source, before) = (Self.source(file, 0..<lines.lowerBound), 0)
    while let bytes = try? source.read(upTo: Self.block), !bytes.isEmpty {
      before += bytes.count { $0 == Self.lineFeed }
    }
    return before + line - leadingLines
  }

  private static func source(_ file: FilePosition, _ range: Range<Int>) -> PositionedSource {
    PositionedSource(
      FilePosition(file.descriptor, offset: file.offset + range.lowerBound),
      end: file.offset + range.upperBound)
  }

  /// The beginning of the first line that begins at `position` or behind it.
  private static func lineStart(_ file: FilePosition, from position: Int, _ size: Int) throws -> Int {
    guard position > 0, position < size else { return min(position, size) }
    var (source, offset) = (Self.source(file, position - 1..<size), position - 1)
    while case let bytes = try source.read(upTo: block), !bytes.isEmpty {
      if let index = bytes.firstIndex(of: lineFeed) { return offset + index + 1 }
      offset += bytes.count
    }
    return size
  }

  /// The first row with its line feed, and the blank lines before it.
  private static func firstRow(_ file: FilePosition, _ size: Int, _ skipsBlankLines: Bool) throws -> [UInt8] {
    var (source, bytes) = (Self.source(file, 0..<size), [UInt8]())
    var (searched, hasText) = (0, !skipsBlankLines)
    while bytes.count <= longestLine, case let more = try source.read(upTo: block), !more.isEmpty {
      bytes += more
      while searched < bytes.count {
        let byte = bytes[searched]
        searched += 1
        if byte == lineFeed, hasText { return Array(bytes[..<searched]) }
        if ![lineFeed, 0x20, 0x09, 0x0D].contains(byte) { hasText = true }
      }
    }
    return bytes.last == lineFeed ? bytes : bytes + [lineFeed]
  }
}
