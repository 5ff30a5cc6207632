// Bytes that must be read more than once: kept in a file of $TMPDIR that has no name and vanishes with us.

import Failures
import Glibc
import TensorFile

/// A copy of a source that can be read any number of times.
public final class ByteSpool {
  private let descriptor: Int32
  /// How many bytes there are.
  public let count: Int

  /// Reads `source` to its end.
  public init(copying source: any ByteSource) throws {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var path = Array((folder + "/rnn-spool-XXXXXX").utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw Failure(
        .io, "can't keep the input in \(folder): \(reason)", remedy: "set TMPDIR to another folder")
    }
    unlink(path)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var (source, total) = (source, 0)
    var sink = FileSink(descriptor: descriptor)
    while case let bytes = try source.read(upTo: 1 << 18), !bytes.isEmpty {
      try sink.write(bytes)
      total += bytes.count
    }
    count = total
  }

  deinit { close(descriptor) }

  /// The bytes from their beginning, independent of all other readers.
  public func source() -> any ByteSource { SpooledBytes(spool: self) }

  /// A path to the file for libraries that open one.
  var path: String { "/proc/self/fd/\(descriptor)" }

  /// Up to `count` bytes from `offset`.
  fileprivate func read(at offset: Int, upTo count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var received = pread(descriptor, buffer.baseAddress, count, offset)
      while received < 0 && errno == EINTR { received = pread(descriptor, buffer.baseAddress, count, offset) }
      guard received >= 0 else { throw Failure(.io, "can't be read: \(String(cString: strerror(errno)))") }
      filled = received
    }
  }
}

private struct SpooledBytes: ByteSource {
  let spool: ByteSpool
  var offset = 0

  mutating func read(upTo count: Int) throws -> [UInt8] {
    let bytes = try spool.read(at: offset, upTo: count)
    offset += bytes.count
    return bytes
  }
}
