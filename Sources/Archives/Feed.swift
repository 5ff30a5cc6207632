// A sequence of bytes, read into a buffer of the reader, with errors that name the file.

import ByteStreams
import Failures
import OperatingSystem

/// A file's bytes in order.
protocol Feed: AnyObject {
  /// Reads into the beginning of `buffer`; returns the number of bytes read, 0 at the verified end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int
}

extension OpenFile: Feed {}

/// Any source as a feed.
final class SourceFeed: Feed {
  private var source: any ByteSource

  init(_ source: any ByteSource) { self.source = source }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    do {
      let bytes = try source.read(upTo: buffer.count)
      buffer.copyBytes(from: bytes)
      return bytes.count
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.io, "can't be read: \(error)")
    }
  }
}

/// The content of compressed bytes.
/// - Parameter name: their name in error messages.
func decompressedFeed(_ feed: any Feed, _ compression: Compression, named name: String) throws(Failure)
  -> any Feed
{
  switch compression {
  case .gzip: try GzipFeed(feed, named: name)
  case .zstd: try ZstdFeed(feed, named: name)
  case .bzip2, .xz, .compress: try ArchivedFeed(feed, named: name)
  }
}
