// Gradients of vectors that multiply a cell's state elementwise, and of biases: sums over the rows of a block of steps.

/// `result[0, to + j] += sum over rows of gates[i, from + j] state[i, j]`, for each unit j, rows in ascending order;
/// without a state, the sum of the gates.
///
/// A gate occupies at least 16 columns.
public func addGateSums(
  of gates: Matrix, from first: Int, times state: Matrix? = nil, units: Int, into result: Matrix,
  at column: Int
) {
  forEachGroup(of: units) { j, repeated in
    var sum = Lanes(repeating: 0)
    for row in 0..<gates.rows {
      let value = (gates.base + row * gates.stride + first + j).lanes
      if let state {
        sum = sum.plus(value, times: (state.base + row * state.stride + j).lanes)
      } else {
        sum += value
      }
    }
    let target = result.base + column + j
    target.lanes += sum.lanes(repeated..<min(16, units))
  }
}

/// Calls `body` with the first column of each vector in a row segment of `width` columns, and with the number of its
/// lanes that the vector before it has too: as `forEachVector`, for sums.
@inline(__always)
func forEachGroup(of width: Int, _ body: (_ column: Int, _ repeated: Int) -> Void) {
  var column = 0
  while column + 16 <= width {
    body(column, 0)
    column += 16
  }
  guard column < width else { return }
  let start = Swift.max(0, width - 16)
  body(start, column - start)
}

extension Lanes {
  /// The lanes of `range`, zeros in the others.
  @inline(__always) func lanes(_ range: Range<Int>) -> Lanes {
    guard range != 0..<16 else { return self }
    let indices = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    return Lanes(repeating: 0).replacing(
      with: self, where: (indices .>= Int32(range.lowerBound)) .& (indices .< Int32(range.upperBound)))
  }
}
