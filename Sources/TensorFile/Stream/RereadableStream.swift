// A stream that can be read more than once, so that two passes are possible even on a pipe.

import ByteStreams
import Failures
import OperatingSystem
import Tensor

/// A stream that can be read several times. For a regular file, the file is reread; a pipe is copied to a temporary
/// file while it is read the first time. Everything, including the end mark, is verified before the first chunk is
/// returned.
public final class RereadableStream {
  /// The metadata and side tensors of the stream.
  public let header: StreamHeader
  /// The schemas of the columns.
  public let schema: [String: ColumnSchema]
  /// The number of rows.
  public let rows: Int
  /// The runs that produced the stream, one for each joined stream with provenance.
  public let provenance: [Provenance]
  /// The shard that the stream is, if it is one.
  public var shard: ShardRecord? { reader.shard }

  let reader: TensorReader
  private let start: FilePosition
  private let copy: TemporaryFile?

  /// Reads the stream once.
  /// - Parameter reader: a reader that has not returned any chunk.
  /// - Throws: `Failure.data` if the stream is damaged, `Failure` of kind `io` if it can't be copied.
  public init(_ reader: TensorReader) throws {
    guard reader.isFresh else { throw Failure(.software, "a partly read stream can't be read again") }
    if let start = reader.start {
      self.start = start
      copy = nil
    } else {
      let file = try TemporaryFile()
      try reader.copy { try file.append($0) }
      start = file.start
      copy = file
    }
    try reader.finish()
    self.reader = reader
    header = reader.header
    schema = reader.schema
    rows = reader.rowsRead
    provenance = reader.provenance
  }

  /// Calls `body` with every chunk, from the first one.
  /// - Throws: any error of `body`; `Failure.data` if the file has changed.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    let pass = try newPass()
    while let chunk = try pass.next() { try body(chunk) }
    guard pass.header == header, pass.schema == schema, pass.rowsRead == rows else {
      throw Failure.data("changed while it was being read", at: reader.name)
    }
  }

  /// A reader from the first chunk on.
  func newPass() throws -> TensorReader {
    try TensorReader(PositionedSource(start), named: reader.name, limits: reader.limits)
  }
}
