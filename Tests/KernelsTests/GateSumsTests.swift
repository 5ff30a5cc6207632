// Sums over the rows of a block: of a gate's columns, alone and multiplied by the state, and of all columns.

import Kernels
import Testing

@Suite struct GateSumsTests {
  private static let rows = 5

  /// Small whole numbers, whose sums are exact.
  private func values(_ width: Int, seed: Int) -> (buffer: FloatBuffer, matrix: Matrix) {
    let stride = paddedWidth(width)
    let buffer = FloatBuffer(Self.rows * stride)
    let matrix = buffer.matrix(rows: Self.rows, columns: width, stride: stride)
    for row in 0..<Self.rows {
      for column in 0..<width { matrix[row, column] = Float((row * 31 + column * 7 + seed) % 23 - 11) }
    }
    return (buffer, matrix)
  }

  private func result(_ width: Int) -> (buffer: FloatBuffer, matrix: Matrix) {
    let buffer = FloatBuffer(paddedWidth(width))
    for column in 0..<width { buffer[column] = Float(column) }
    return (buffer, buffer.matrix(rows: 1, columns: width, stride: paddedWidth(width)))
  }

  @Test(arguments: [5, 16, 20, 64, 70, 80, 133]) func ofAGate(units: Int) {
    let gate = max(units, 16)
    let (gates, state) = (values(3 * gate, seed: 3), values(units, seed: 8))
    let (plain, product) = (result(2 * gate), result(2 * gate))
    addGateSums(of: gates.matrix, from: gate, units: units, into: plain.matrix, at: gate)
    addGateSums(
      of: gates.matrix, from: gate, times: state.matrix, units: units, into: product.matrix, at: gate)
    for column in 0..<2 * gate {
      let unit = column - gate
      let isSummed = unit >= 0 && unit < units
      let terms = (0..<(isSummed ? Self.rows : 0)).map {
        (gates.matrix[$0, gate + unit], state.matrix[$0, unit])
      }
      #expect(plain.buffer[column] == terms.reduce(Float(column)) { $0 + $1.0 })
      #expect(product.buffer[column] == terms.reduce(Float(column)) { $0 + $1.0 * $1.1 })
    }
    withExtendedLifetime((gates.buffer, state.buffer, plain.buffer, product.buffer)) {}
  }

  @Test(arguments: [1, 16, 48, 64, 80, 200]) func ofAllColumns(width: Int) {
    let (values, sums) = (values(width, seed: 5), result(width))
    addColumnSums(of: values.matrix, into: sums.matrix)
    for column in 0..<width {
      let expected = (0..<Self.rows).reduce(Float(column)) { $0 + values.matrix[$1, column] }
      #expect(sums.buffer[column] == expected)
    }
    withExtendedLifetime((values.buffer, sums.buffer)) {}
  }
}
