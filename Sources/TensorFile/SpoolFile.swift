// A nameless temporary file, which is gone with the process however that ends.

import Failures
import Glibc

/// An unlinked file in `$TMPDIR`, else `/tmp`.
public final class SpoolFile: ByteSink {
  private let descriptor: Int32
  private let folder: String
  private var sink: FileSink

  /// Where temporary files go: `$TMPDIR`, else `/tmp`.
  public static var usualFolder: String {
    let named = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    return named.isEmpty ? "/tmp" : named
  }

  /// - Throws: `Failure` of kind `cantCreate` where no file can be made there.
  public init() throws {
    folder = Self.usualFolder
    var path = Array("\(folder)/rnnpipe-XXXXXX".utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else {
      throw Failure(
        .cantCreate, "no temporary file can be made: \(String(cString: strerror(errno)))", at: folder,
        remedy: "set TMPDIR to a folder that can be written, or read from a file instead of a pipe")
    }
    unlink(path)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    sink = FileSink(descriptor: descriptor)
  }

  deinit { close(descriptor) }

  /// Where the file begins.
  var origin: FileOrigin { FileOrigin(descriptor: descriptor, offset: 0) }

  /// What was written, from the beginning, independent of other readers.
  public func source() -> any ByteSource { PositionedSource(origin) }

  /// Appends bytes.
  /// - Throws: `Failure` of kind `io`, such as where the disk is full.
  public func write(_ bytes: [UInt8]) throws {
    do {
      try sink.write(bytes)
    } catch let failure as Failure {
      throw Failure(
        .io, "the input can't be kept there for a second reading: \(failure.problem)", at: folder,
        remedy: "free some space, set TMPDIR to a larger folder, or read from a file instead of a pipe")
    }
  }
}
