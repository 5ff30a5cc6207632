// Writing JSON Lines: one object per row, dense columns as nested arrays, ragged ones as arrays of the row's
// length, text as strings.

import Failures
import JSON
import Sequences
import Tensor
import TensorFile

/// Writes all columns as JSON Lines, keys in order of the columns' names.
public func writeJSONLines(_ rows: any RowSource, to sink: @escaping ([UInt8]) throws -> Void) throws {
  guard !rows.schema.isEmpty else { throw Failure.data("there are no columns to write") }
  var output = TextBuffer(sink)
  let names = rows.schema.keys.sorted()
  let keys = names.map { JSONValue.string($0).text + ":" }
  let lists = try ListColumns(header: rows.header).names
  try rows.chunks { chunk in
    let values = names.compactMap { name in
      chunk.columns[name].map { jsonCells($0, isList: lists.contains(name)) }
    }
    for row in 0..<chunk.rows {
      let fields = zip(keys, values).map { $0 + $1(row) }
      try output.write("{" + fields.joined(separator: ",") + "}\n")
    }
  }
  try output.flush()
}

/// A function that returns a column's value in a row.
private func jsonCells(_ column: Column, isList: Bool) -> (Int) -> String {
  switch column {
  case .dense(let tensor):
    let (elements, shape, width) = (tensor.elements, tensor.rowShape, tensor.rowWidth)
    return { nested(elements, shape[...], from: $0 * width) }
  case .ragged(let ragged):
    let offsets = ragged.offsets
    if let bytes = ragged.values.values(as: UInt8.self), ragged.values.shape.count == 1 {
      return { row in
        let text = String(decoding: bytes[offsets[row]..<offsets[row + 1]], as: UTF8.self)
        return isList
          ? JSONValue.array(ListColumns.items(text).map { .string($0) }).text : JSONValue.string(text).text
      }
    }
    let (elements, shape, width) = (ragged.values.elements, ragged.values.rowShape, ragged.values.rowWidth)
    return { row in
      nested(elements, ([offsets[row + 1] - offsets[row]] + shape)[...], from: offsets[row] * width)
    }
  }
}

/// The elements of `shape` that begin at `start`, as nested arrays.
private func nested(_ elements: Elements, _ shape: ArraySlice<Int>, from start: Int) -> String {
  guard let count = shape.first else { return elements.json(start) }
  let inner = shape.dropFirst()
  let width = inner.reduce(1, *)
  return "[" + (0..<count).map { nested(elements, inner, from: start + $0 * width) }.joined(separator: ",")
    + "]"
}
