// Tensors that are not rows, such as a model's weights, for formats that are written from rows.

import TensorFile

/// A header with its side tensors, without columns.
public struct NonRowTensors: RowSource {
  /// The metadata and the tensors.
  public let header: StreamHeader
  /// There are no columns.
  public var schema: [String: ColumnSchema] { [:] }

  /// The tensors of a header.
  public init(_ header: StreamHeader) { self.header = header }

  /// One empty chunk.
  public func chunks(_ body: (Chunk) throws -> Void) throws { try body(Chunk([:], rows: 0)) }
}
