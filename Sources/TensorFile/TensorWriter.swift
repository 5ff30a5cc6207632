import Failures
import Tensor

public final class TensorWriter {
  public private(set) var rowsWritten = 0
  public private(set) var schema: [String: ColumnSchema] = [:]
  public var onDocument: (([UInt8]) -> Void)?
  /// A header of kind `model` may hold any tensors as side tensors: a model's weights are there, under
  /// their own names, and nothing is written as rows.
  public init(_ sink: any ByteSink, header: StreamHeader, level: Int32 = 3, chunkBytes: Int = 1 << 22) {}
  public func write(_ chunk: Chunk) throws {}
  public func finish(_ provenance: Provenance?) throws {}
}
