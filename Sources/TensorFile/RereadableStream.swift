import Failures
import Tensor

public final class RereadableStream {
  public let header: StreamHeader
  public let schema: [String: ColumnSchema]
  public let rows: Int
  public let provenance: [Provenance]
  public init(_ reader: TensorReader) throws { throw Failure(.software, "reading is not there yet") }
  public func chunks(_ body: (Chunk) throws -> Void) throws {}
}
