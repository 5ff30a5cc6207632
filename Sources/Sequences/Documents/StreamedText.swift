// The rows of a text stream as one text: a line for each row.

import ByteStreams
import Failures
import TensorFile

/// The bytes of a stream's column `text`, with a line feed after each row but the last.
public struct StreamedText: ByteSource {
  private let reader: TensorReader
  private var bytes: ArraySlice<UInt8> = []
  private var isFirst = true

  /// - Parameter reader: a reader of a stream with texts, of which nothing has been read.
  public init(_ reader: TensorReader) { self.reader = reader }

  /// At most `count` bytes; none at the end, which is verified.
  public mutating func read(upTo count: Int) throws -> [UInt8] {
    while bytes.isEmpty {
      guard let chunk = try reader.next() else { return [] }
      bytes = try lines(chunk)[...]
    }
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }

  private mutating func lines(_ chunk: Chunk) throws -> [UInt8] {
    let text = try chunk.text()
    let (values, offsets) = (try text.textBytes(), text.offsets)
    var lines: [UInt8] = []
    lines.reserveCapacity(values.count + text.lengths.count)
    for row in text.lengths.indices {
      if !isFirst { lines.append(UInt8(ascii: "\n")) }
      isFirst = false
      lines += values[offsets[row]..<offsets[row + 1]]
    }
    return lines
  }
}
