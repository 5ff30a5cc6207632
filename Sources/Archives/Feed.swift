// A sequence of bytes, read into a buffer of the reader, with errors that name the file.

import Failures
import OperatingSystem

/// A file's bytes in order.
protocol Feed: AnyObject {
  /// Reads into the beginning of `buffer`; returns the number of bytes read, 0 at the verified end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int
}

extension OpenFile: Feed {}
