// The content of compressed bytes from any source, decompressed while it is read: memory depends neither on the
// actual nor on the declared size of the content.

import ByteStreams
import Failures

/// Decompressed content, verified to its end.
public final class DecompressedSource: ByteSource {
  private let feed: any Feed

  /// - Parameter name: the source's name in error messages.
  /// - Throws: `Failure` (data) if it is damaged, (unavailable) if the machine has no libarchive.
  public init(_ source: any ByteSource, _ compression: Compression, named name: String) throws(Failure) {
    feed = try decompressedFeed(SourceFeed(source), compression, named: name)
  }

  /// - Throws: `Failure` (data) if the source is damaged or truncated, or has other bytes after its end.
  public func read(upTo count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: min(count, 1 << 18)) { buffer, filled in
      filled = try feed.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }
}
