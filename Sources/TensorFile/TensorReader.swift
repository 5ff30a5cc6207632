import Failures
import Tensor

public final class TensorReader {
  /// The metadata and side tensors of the stream; of joined streams, the first one's.
  ///
  /// Of a model (kind `model`, or loose tensors under `StreamLimits.model`) all tensors, weights included,
  /// are side tensors, and there are no columns and no rows.
  public let header: StreamHeader
  public let schema: [String: ColumnSchema]
  public private(set) var provenance: [Provenance] = []
  public private(set) var rowsRead = 0
  public private(set) var isAtEnd = false
  public var onDocument: (([UInt8]) -> Void)?
  public init(
    _ source: any ByteSource, named name: String, limits: StreamLimits = .stream,
    onDocument: (([UInt8]) -> Void)? = nil
  ) throws {
    throw Failure(.software, "reading is not there yet")
  }
  public func next() throws -> Chunk? { nil }
  public func readAll() throws -> Chunk { throw Failure(.software, "reading is not there yet") }
  public func finish() throws { while try next() != nil {} }
}
