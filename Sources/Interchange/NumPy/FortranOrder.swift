// Arrays in Fortran order, in which the first dimension varies fastest, as rows: rewritten in a temporary file, in pieces
// of 16 MiB, whatever the array's size and shape.

import ByteStreams
import Failures
import OperatingSystem

/// The conversion of one array to C order.
struct FortranOrder {
  private let rows: Int
  /// The number of elements in a row.
  private let width: Int
  /// The size of an element in bytes.
  private let size: Int
  private static let pieceBytes = 1 << 24

  init(_ header: NpyHeader) { (rows, width, size) = (header.rows, header.rowWidth, header.type.size) }

  /// The array's rows one after another, each still in Fortran order.
  /// - Parameter reader: the array's bytes.
  func rows(from reader: inout ExactReader) throws -> TemporaryFile {
    let result = try TemporaryFile()
    guard rows > 0, width > 0 else { return result }
    // Pieces are read or written in as many parts as the shorter dimension has.
    if rows < width { try scatter(&reader, result) } else { try gather(spool(&reader), result) }
    return result
  }

  /// Reads some columns at a time, which are contiguous, and writes a part of every row.
  private func scatter(_ reader: inout ExactReader, _ result: TemporaryFile) throws {
    let atOnce = max(1, Self.pieceBytes / (rows * size))
    for first in stride(from: 0, to: width, by: atOnce) {
      let count = min(atOnce, width - first)
      let piece = transposed(try reader.bytes(count * rows * size), rows, count, size)
      for row in 0..<rows {
        let part = piece[row * count * size..<(row + 1) * count * size]
        try result.write(part, at: (row * width + first) * size)
      }
    }
  }

  /// Reads a part of every column at a time, and writes the rows that they are.
  private func gather(_ columns: TemporaryFile, _ result: TemporaryFile) throws {
    let atOnce = max(1, Self.pieceBytes / (width * size))
    for first in stride(from: 0, to: rows, by: atOnce) {
      let count = min(atOnce, rows - first)
      var piece: [UInt8] = []
      piece.reserveCapacity(count * width * size)
      for column in 0..<width {
        piece += try columns.bytes(at: (column * rows + first) * size, count: count * size)
      }
      try result.append(transposed(piece, count, width, size))
    }
  }

  private func spool(_ reader: inout ExactReader) throws -> TemporaryFile {
    let file = try TemporaryFile()
    var left = rows * width * size
    while left > 0 {
      let bytes = try reader.bytes(min(left, 1 << 20))
      left -= bytes.count
      try file.append(bytes)
    }
    return file
  }
}

/// A matrix in column-major order as one in row-major order.
private func transposed(_ bytes: [UInt8], _ rows: Int, _ columns: Int, _ size: Int) -> [UInt8] {
  var result = [UInt8](repeating: 0, count: bytes.count)
  // In tiles, whose rows and columns fit into the cache together.
  for top in stride(from: 0, to: rows, by: 64) {
    for left in stride(from: 0, to: columns, by: 64) {
      for row in top..<min(top + 64, rows) {
        for column in left..<min(left + 64, columns) {
          let (from, to) = ((column * rows + row) * size, (row * columns + column) * size)
          for byte in 0..<size { result[to + byte] = bytes[from + byte] }
        }
      }
    }
  }
  return result
}

/// An array of this shape in C order from one in Fortran order.
func cOrder(_ bytes: [UInt8], shape: ArraySlice<Int>, size: Int) -> [UInt8] {
  guard shape.count > 1, let rows = shape.first, !bytes.isEmpty else { return bytes }
  let width = bytes.count / rows
  let matrix = transposed(bytes, rows, width / size, size)
  if shape.count == 2 { return matrix }
  return (0..<rows).flatMap {
    cOrder(Array(matrix[$0 * width..<($0 + 1) * width]), shape: shape.dropFirst(), size: size)
  }
}
