// Plain text that is read a second time: kept as a text stream in an unlinked temporary file, so that a pipe
// of any length is tokenised in constant memory.

import Failures
import Glibc
import TensorFile

/// All rows of a plain text, read once and given out any number of times.
public final class TextSpool {
  private let descriptor: Int32
  private let writer: TensorWriter

  /// Reads `reader` to its end.
  /// - Parameter look: is shown each chunk on the way.
  public init(_ reader: inout TextReader, _ look: (Chunk) throws -> Void) throws {
    descriptor = try Self.openTemporary()
    writer = TensorWriter(FileSink(descriptor: descriptor), header: StreamHeader(kind: "text"), level: -3)
    while let chunk = try reader.next() {
      try look(chunk)
      try writer.write(chunk)
    }
    try writer.finish(nil)
  }

  deinit { close(descriptor) }

  /// Calls `body` with all rows, in order, some at a time.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    lseek(descriptor, 0, SEEK_SET)
    let reader = try TensorReader(FileSource(descriptor: descriptor), named: "the spooled text")
    while let chunk = try reader.next() { try body(chunk) }
  }

  private static func openTemporary() throws(Failure) -> Int32 {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var path = Array((folder + "/rnnpipe-text-XXXXXX").utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else {
      throw Failure(
        .io, "no temporary file can be made: \(String(cString: strerror(errno)))", at: folder,
        remedy: "$TMPDIR names another folder")
    }
    unlink(path)
    return descriptor
  }
}
