// The content of compressed bytes that come from anywhere, decompressed while it is read: memory depends neither on
// how large the content is nor on how large it says it is.

import ByteStreams
import Failures

/// Decompressed content, verified to its end.
public final class DecompressedSource: ByteSource {
  private let feed: any Feed

  /// - Parameter name: what error messages call the source.
  /// - Throws: `Failure` (data) where it is damaged, (unavailable) where the machine has no libarchive.
  public init(_ source: any ByteSource, _ compression: Compression, named name: String) throws(Failure) {
    feed = try decompressedFeed(SourceFeed(source), compression, named: name)
  }

  /// - Throws: `Failure` (data) where the source is damaged or truncated, or has other bytes after its end.
  public func read(upTo count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: min(count, 1 << 18)) { buffer, filled in
      filled = try feed.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }
}
