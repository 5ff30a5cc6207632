// Reading bytes from memory.

/// A source of bytes in memory.
public struct MemorySource: ByteSource {
  private var bytes: ArraySlice<UInt8>

  /// A source that returns `bytes` once.
  public init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  /// The next `count` bytes, or what is left.
  public mutating func read(upTo count: Int) throws -> [UInt8] {
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }
}
