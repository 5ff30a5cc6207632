// Writing open files, pipes and terminals.

import Failures
import OperatingSystem
import SystemPackage

/// Writes to an open descriptor, which the caller closes.
public struct FileSink: ByteSink {
  private let descriptor: FileDescriptor

  /// Writes from the descriptor's current position.
  public init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// - Throws: `ClosedPipe` if the reader has closed the pipe, otherwise `Failure` of kind `io`.
  public mutating func write(_ bytes: [UInt8]) throws {
    do {
      try descriptor.writeAll(bytes)
    } catch let error as Errno {
      if error == .brokenPipe { throw ClosedPipe() }
      throw Failure(
        .io, "can't be written: \(error.text)", remedy: error.isFullDisk ? "free some space" : nil)
    }
  }
}
