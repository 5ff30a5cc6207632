// The array of a npy file, some rows at a time.

import ByteStreams
import Failures
import OperatingSystem
import Tensor
import TensorFile

/// Reads one npy array in pieces.
struct NpyReader {
  let header: NpyHeader
  private var reader: ExactReader
  private let name: String
  private var position = 0
  /// The rows of an array in Fortran order, and the file that holds them.
  private var rows: ExactReader?
  private var rowFile: TemporaryFile?

  init(_ source: any ByteSource, named name: String) throws {
    var reader = ExactReader(source, named: name)
    header = try NpyHeader(&reader, named: name)
    if header.isFortranOrder, header.shape.count > 1 {
      let file = try FortranOrder(header).rows(from: &reader)
      (rowFile, rows) = (file, ExactReader(file.source(), named: name))
    }
    self.reader = reader
    self.name = name
  }

  /// The number of remaining rows.
  var rowsLeft: Int { header.rows - position }

  /// The size of a row's elements once they are read.
  var rowBytes: Int { header.rowWidth * header.type.elementType.byteCount }

  /// The next `count` rows; at least as many must remain.
  mutating func next(_ count: Int) throws -> Tensor {
    position += count
    let bytes = try rows == nil ? reader.bytes(count * header.rowWidth * header.type.size) : reordered(count)
    return Tensor(shape: [count] + header.rowShape, elements: try header.type.elements(bytes, at: name))
  }

  /// The next rows of an array in Fortran order.
  private mutating func reordered(_ count: Int) throws -> [UInt8] {
    let rowSize = header.rowWidth * header.type.size
    let bytes = try rows?.bytes(count * rowSize) ?? []
    guard header.shape.count > 2 else { return bytes }
    return stride(from: 0, to: bytes.count, by: max(1, rowSize)).flatMap {
      cOrder(Array(bytes[$0..<$0 + rowSize]), shape: header.shape[1...], size: header.type.size)
    }
  }

  /// The whole array; memory is taken as its bytes are received.
  mutating func whole() throws -> Tensor {
    var parts: [Tensor] = []
    repeat { parts.append(try next(min(rowsLeft, rowsAtOnce(header.rowWidth)))) } while rowsLeft > 0
    guard let all = Tensor.joined(parts) else { throw Failure.data("the array's parts differ", at: name) }
    return all.reshaped(header.shape)
  }

  /// Throws if the file continues after its array.
  mutating func finish() throws { try reader.expectEnd() }
}
