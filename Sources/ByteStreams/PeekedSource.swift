// Looking ahead at the first bytes of a source to determine its format.

/// A source whose first bytes can be looked at before they are read.
public struct PeekedSource: ByteSource {
  private var base: any ByteSource
  private var ahead: [UInt8] = []

  /// Reads `base` from its current position.
  public init(_ base: any ByteSource) { self.base = base }

  /// The next `count` bytes without consuming them; fewer only if the source ends before.
  public mutating func peek(_ count: Int) throws -> [UInt8] {
    while ahead.count < count {
      let more = try base.read(upTo: count - ahead.count)
      if more.isEmpty { break }
      ahead += more
    }
    return Array(ahead.prefix(count))
  }

  /// Whether the next bytes are `bytes`. Waits for no more bytes than necessary, so that input that is typed, or
  /// written line by line, is read as it arrives.
  public mutating func begins(with bytes: [UInt8]) throws -> Bool {
    for index in bytes.indices {
      guard try peek(index + 1).last == bytes[index], ahead.count > index else { return false }
    }
    return true
  }

  /// At most `count` bytes, beginning with those already looked at; none at the end.
  public mutating func read(upTo count: Int) throws -> [UInt8] {
    guard !ahead.isEmpty else { return try base.read(upTo: count) }
    defer { ahead.removeFirst(min(count, ahead.count)) }
    return Array(ahead.prefix(count))
  }

  /// The place in a file where its base began.
  public var start: FilePosition? { base.start }
}
