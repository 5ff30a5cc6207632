// A stream's columns as named tensors for npz and safetensors files: a dense column is one tensor, a ragged column
// two. Their shapes are determined in a first pass; their bytes are then read chunk by chunk, in constant memory.

import Failures
import Tensor
import TensorFile

/// A tensor of a file.
struct FlatTensor {
  /// The tensor's name.
  let name: String
  let type: ElementType
  let shape: [Int]
  /// The source of its elements: a part of a column, or a given tensor.
  let origin: Origin

  enum Origin {
    case dense(column: String)
    case raggedValues(column: String)
    case raggedLengths(column: String)
    case given(Tensor)
  }

  /// The size of all elements in bytes.
  var byteCount: Int { shape.reduce(type.byteCount, *) }

  /// Calls `body` with the tensor's bytes in order.
  func bytes(from rows: any RowSource, _ body: ([UInt8]) throws -> Void) throws {
    if case .given(let tensor) = origin { return try body(tensor.elements.bytes) }
    try rows.chunks { chunk in
      if let elements = part(of: chunk) { try body(elements.bytes) }
    }
  }

  private func part(of chunk: Chunk) -> Elements? {
    switch origin {
    case .dense(let column): chunk.columns[column]?.tensor?.elements
    case .raggedValues(let column): chunk.columns[column]?.ragged?.values.elements
    case .raggedLengths(let column): chunk.columns[column]?.ragged.map { .i32($0.lengths) }
    case .given(let tensor): tensor.elements
    }
  }
}

/// All tensors of some rows.
struct FlatTensors {
  /// The tensors, sorted by name.
  let tensors: [FlatTensor]

  /// Reads `rows` once to count them.
  /// - Parameter includesSide: whether to include the side tensors.
  init(_ rows: any RowSource, includesSide: Bool) throws {
    var count = 0
    var totals: [String: Int] = [:]
    try rows.chunks { chunk in
      count += chunk.rows
      for (name, column) in chunk.columns {
        if let ragged = column.ragged { totals[name, default: 0] += ragged.values.rows }
      }
    }
    let columns = rows.schema.flatMap {
      FlatTensors.tensors($0.key, $0.value, rows: count, total: totals[$0.key] ?? 0)
    }
    let side = includesSide ? rows.header.side.map { FlatTensors.given($0.key, $0.value) } : []
    tensors = (columns + side).sorted { $0.name < $1.name }
  }

  private static func tensors(_ name: String, _ schema: ColumnSchema, rows: Int, total: Int) -> [FlatTensor] {
    guard schema.isRagged else {
      return [
        FlatTensor(
          name: name, type: schema.type, shape: [rows] + schema.rowShape, origin: .dense(column: name))
      ]
    }
    let shape = [total] + schema.rowShape
    return [
      FlatTensor(
        name: "\(name).values", type: schema.type, shape: shape, origin: .raggedValues(column: name)),
      FlatTensor(name: "\(name).lengths", type: .i32, shape: [rows], origin: .raggedLengths(column: name)),
    ]
  }

  private static func given(_ name: String, _ tensor: Tensor) -> FlatTensor {
    FlatTensor(name: name, type: tensor.type, shape: tensor.shape, origin: .given(tensor))
  }
}
