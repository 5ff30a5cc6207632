// The bytes of a CSV file, one at a time, with the number of the line.

import ByteStreams
import TensorFile

/// Reads a source byte by byte and counts lines.
struct CSVInput {
  static let quote = UInt8(ascii: "\"")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")

  private static let block = 1 << 16
  private var source: any ByteSource
  private var buffer: [UInt8] = []
  private var position = 0
  private(set) var line = 1

  init(_ source: any ByteSource) { self.source = source }

  /// The next byte, without consuming it; nil at the end.
  mutating func peek() throws -> UInt8? {
    if position == buffer.count {
      buffer = try source.read(upTo: Self.block)
      position = 0
      if buffer.isEmpty { return nil }
    }
    return buffer[position]
  }

  mutating func advance() {
    if buffer[position] == Self.lineFeed { line += 1 }
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

  /// The most frequent of comma, semicolon and tab in the first line, outside quotes.
  mutating func mostFrequentSeparator() throws -> UInt8 {
    while !buffer.contains(Self.lineFeed), buffer.count < CSVReader.longestRecord {
      let more = try source.read(upTo: Self.block)
      if more.isEmpty { break }
      buffer += more
    }
    var counts: [UInt8: Int] = [:]
    var quoted = false
    for byte in buffer[position...].prefix(while: { $0 != Self.lineFeed }) {
      if byte == Self.quote { quoted.toggle() }
      if !quoted { counts[byte, default: 0] += 1 }
    }
    let candidates = [",", ";", "\t"].compactMap(\.utf8.first)
    return candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? UInt8(ascii: ",")
  }
}
