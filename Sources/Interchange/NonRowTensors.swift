// Tensors that are no rows, such as a model's weights, where a format is written from rows.

import TensorFile

/// A header with its side tensors, and no columns.
public struct NonRowTensors: RowSource {
  /// The metadata and the tensors.
  public let header: StreamHeader
  /// No column.
  public var schema: [String: ColumnSchema] { [:] }

  /// The tensors of a header.
  public init(_ header: StreamHeader) { self.header = header }

  /// One chunk of nothing.
  public func chunks(_ body: (Chunk) throws -> Void) throws { try body(Chunk([:], rows: 0)) }
}
