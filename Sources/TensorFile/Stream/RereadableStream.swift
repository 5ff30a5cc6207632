// A stream that is read more than once, so that two passes are possible on a pipe too.

import ByteStreams
import Failures
import OperatingSystem
import Tensor

/// A stream that can be read several times. A regular file is read again; a pipe is copied to a temporary file on the
/// first reading. Everything is verified, end mark included, before the first chunk is given.
public final class RereadableStream {
  /// The metadata and side tensors of the stream.
  public let header: StreamHeader
  /// The form of the columns.
  public let schema: [String: ColumnSchema]
  /// How many rows there are.
  public let rows: Int
  /// The run that produced the stream, one for each joined stream that names one.
  public let provenance: [Provenance]

  private let reader: TensorReader
  private let start: FilePosition
  private let copy: TemporaryFile?

  /// Reads the stream once.
  /// - Parameter reader: a reader that has given no chunk yet.
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

  /// Gives every chunk to `body`, from the first one.
  /// - Throws: what `body` throws; `Failure.data` if a file has changed since.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    let pass = try TensorReader(PositionedSource(start), named: reader.name, limits: reader.limits)
    while let chunk = try pass.next() { try body(chunk) }
    guard pass.header == header, pass.schema == schema, pass.rowsRead == rows else {
      throw Failure.data("changed while it was being read", at: reader.name)
    }
  }
}
