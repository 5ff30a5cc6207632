// The products compared with plain sums in double precision, for shapes that cover every edge of the tiles.

import Kernels
import Testing

/// A matrix of pseudo-random numbers whose padding is zero, and the same numbers as an array.
private struct Sample {
  let buffer: FloatBuffer
  let matrix: Matrix

  init(_ rows: Int, _ columns: Int, seed: Int) {
    let stride = paddedWidth(columns)
    buffer = FloatBuffer(rows * stride)
    matrix = buffer.matrix(rows: rows, columns: columns, stride: stride)
    var state = UInt32(truncatingIfNeeded: seed &* 7919 &+ 1)
    for row in 0..<rows {
      for column in 0..<columns {
        state = state &* 1_664_525 &+ 1_013_904_223
        matrix[row, column] = Float(state >> 8) / Float(1 << 24) - 0.5
      }
    }
  }
}

@Suite struct ProductTests {
  static let shapes = [
    (1, 1, 1), (2, 3, 16), (3, 50, 17), (4, 64, 31), (5, 7, 32), (6, 16, 33), (7, 1, 48), (8, 128, 256),
    (9, 5, 200), (13, 33, 65), (16, 64, 256), (17, 50, 200),
  ]

  @Test(arguments: shapes) func packedProduct(rows: Int, depth: Int, columns: Int) {
    let (a, b) = (Sample(rows, depth, seed: rows), Sample(depth, columns, seed: columns))
    let c = Sample(rows, columns, seed: depth)
    let before = c.buffer.array
    let packed = PackedMatrix(depth: depth, columns: columns)
    packed.pack(b.matrix)
    multiply(a.matrix, packed, into: c.matrix, from: .result)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = Double(before[row * paddedWidth(columns) + column])
        for k in 0..<depth { sum += Double(a.matrix[row, k]) * Double(b.matrix[k, column]) }
        #expect(abs(sum - Double(c.matrix[row, column])) < 1e-5)
      }
    }
  }

  @Test(arguments: shapes) func transposedPacking(rows: Int, depth: Int, columns: Int) {
    let (a, b) = (Sample(rows, depth, seed: 3), Sample(columns, depth, seed: 4))
    let c = Sample(rows, columns, seed: 5)
    let packed = PackedMatrix(depth: depth, columns: columns)
    packed.pack(transposing: b.matrix)
    multiply(a.matrix, packed, into: c.matrix)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for k in 0..<depth { sum += Double(a.matrix[row, k]) * Double(b.matrix[column, k]) }
        #expect(abs(sum - Double(c.matrix[row, column])) < 1e-5)
      }
    }
  }

  @Test(arguments: shapes) func outerProduct(rows: Int, depth: Int, columns: Int) {
    let (a, b) = (Sample(rows, depth, seed: 6), Sample(rows, columns, seed: 7))
    let c = Sample(depth, columns, seed: 8)
    let before = c.buffer.array
    addOuterProduct(a.matrix, b.matrix, into: c.matrix)
    for i in 0..<depth {
      for j in 0..<columns {
        var sum = Double(before[i * paddedWidth(columns) + j])
        for row in 0..<rows { sum += Double(a.matrix[row, i]) * Double(b.matrix[row, j]) }
        #expect(abs(sum - Double(c.matrix[i, j])) < 1e-5)
      }
    }
  }

  /// A row's result must not depend on the other rows, or results would depend on the shards.
  @Test func rowsDoNotDependOnEachOther() {
    let (a, b) = (Sample(19, 70, seed: 1), Sample(70, 90, seed: 2))
    let packed = PackedMatrix(depth: 70, columns: 90)
    packed.pack(b.matrix)
    let (whole, alone) = (Sample(19, 90, seed: 3), Sample(1, 90, seed: 3))
    multiply(a.matrix, packed, into: whole.matrix)
    for row in 0..<19 {
      multiply(a.matrix.rows(row..<row + 1), packed, into: alone.matrix)
      for column in 0..<90 { #expect(whole.matrix[row, column] == alone.matrix[0, column]) }
    }
  }
}
