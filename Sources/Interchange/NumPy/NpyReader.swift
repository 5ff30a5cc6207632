// The array of a npy file, some rows at a time.

import ByteStreams
import Failures
import OperatingSystem
import Tensor
import TensorFile

/// Reads one npy array in pieces; an array in Fortran order is read whole and transposed.
struct NpyReader {
  let header: NpyHeader
  private var reader: ExactReader
  private let name: String
  private var position = 0
  private var transposed: Tensor?

  init(_ source: any ByteSource, named name: String) throws {
    var reader = ExactReader(source, named: name)
    header = try NpyHeader(&reader, named: name)
    self.reader = reader
    self.name = name
    if header.isFortranOrder, header.shape.count > 1 { transposed = try readTransposed() }
  }

  /// The number of remaining rows.
  var rowsLeft: Int { header.rows - position }

  /// The next `count` rows; at least as many must remain.
  mutating func next(_ count: Int) throws -> Tensor {
    let rows = position..<position + count
    position += count
    if let transposed { return transposed.slice(rows) }
    let bytes = try reader.bytes(count * header.rowWidth * header.type.size)
    return Tensor(shape: [count] + header.rowShape, elements: try header.type.elements(bytes, at: name))
  }

  /// Throws if the file continues after its array.
  mutating func finish() throws { try reader.expectEnd() }

  /// The whole array in C order.
  private mutating func readTransposed() throws -> Tensor {
    let count = header.shape.reduce(1, *)
    let elements = try header.type.elements(try reader.bytes(count * header.type.size), at: name)
    let column = Tensor(shape: [count], elements: elements)
    return column.gather(fortranPlaces(header.shape)).reshaped(header.shape)
  }
}

/// For each element in C order, its position in Fortran order.
private func fortranPlaces(_ shape: [Int]) -> [Int] {
  var offsets = [0]
  var stride = 1
  // Each further dimension repeats all offsets so far once for each of its indices.
  for extent in shape {
    offsets = offsets.flatMap { offset in (0..<extent).map { offset + $0 * stride } }
    stride *= extent
  }
  return offsets
}
