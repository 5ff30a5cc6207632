// Writing open files, pipes and terminals.

import Failures
import OperatingSystem
import SystemPackage

/// Writes an open descriptor, which stays the caller's to close.
public struct FileSink: ByteSink {
  private let descriptor: FileDescriptor

  /// Writes from the descriptor's position.
  public init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// - Throws: `ClosedPipe` if the reader has gone, `Failure` of kind `io` otherwise.
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
