// Buffered reading in the amounts that a format needs, optionally keeping everything read.

/// Buffered reading from a source.
package final class BufferedSource {
  private var source: any ByteSource
  private var bytes: [UInt8] = []
  private var position = 0
  private static let readSize = 1 << 17

  /// Everything read from the source, in order, until it is passed to `tee` or dropped.
  private var kept: [UInt8]? = []
  /// Called with everything kept so far, and from then on with everything read.
  private var tee: (([UInt8]) throws -> Void)?

  /// Reads `source` from its current position.
  package init(_ source: any ByteSource) { self.source = source }

  /// The place in a file where the bytes can be read a second time.
  package var start: FilePosition? { source.start }

  /// Stops keeping the bytes that are read.
  package func dropKept() { kept = nil }

  /// Passes everything read so far, and everything read from now on, to `body`. Nothing may have been dropped before.
  package func copy(to body: @escaping ([UInt8]) throws -> Void) throws {
    try body(kept ?? [])
    kept = nil
    tee = body
  }

  /// The buffered bytes; if there are none, reads more. Empty at the end.
  package func available() throws -> ArraySlice<UInt8> {
    if position == bytes.count { try fill() }
    return bytes[position...]
  }

  private func fill() throws {
    bytes = try source.read(upTo: BufferedSource.readSize)
    position = 0
    kept?.append(contentsOf: bytes)
    if !bytes.isEmpty { try tee?(bytes) }
  }

  /// Consumes the first `count` available bytes.
  package func advance(_ count: Int) { position += count }

  /// The next `count` bytes without consuming them; fewer only if the source ends before.
  package func peek(_ count: Int) throws -> ArraySlice<UInt8> {
    while bytes.count - position < count {
      let rest = Array(bytes[position...])
      try fill()
      let hasEnded = bytes.isEmpty
      bytes = rest + bytes
      if hasEnded { break }
    }
    return bytes[position...].prefix(count)
  }

  /// Consumes and returns `count` bytes; fewer only if the source ends before.
  package func take(_ count: Int) throws -> [UInt8] {
    let bytes = Array(try peek(count))
    advance(bytes.count)
    return bytes
  }
}
