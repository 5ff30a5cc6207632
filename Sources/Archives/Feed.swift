// Bytes in order, read into a buffer of the reader's, with the errors of files.

import Failures
import OperatingSystem

/// A file's bytes in order.
protocol Feed: AnyObject {
  /// Fills `buffer` from its start; returns how many bytes came, 0 at the verified end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int
}

extension OpenFile: Feed {}
