// Gradients of vectors that multiply a cell's state elementwise, and of biases: sums over the rows of a block of steps.

/// `result[0, to + j] += sum over rows of gates[i, from + j] state[i, j]`, for each unit j, rows in ascending order;
/// without a state, the sum of the gates.
///
/// A gate occupies at least 16 columns.
public func addGateSums(
  of gates: Matrix, from first: Int, times state: Matrix? = nil, units: Int, into result: Matrix,
  at column: Int
) {
  let target = result.base + column
  var start = 0
  while start + 64 <= units {
    let sums = gateSums(Count<4>.self, gates, first + start, state, start)
    for n in 0..<4 { (target + start + n * 16).lanes += sums[n] }
    start += 64
  }
  forEachGroup(of: units, from: start) { j, repeated in
    let sums = gateSums(Count<1>.self, gates, first + j, state, j)
    (target + j).lanes += sums[0].lanes(repeated..<min(16, units))
  }
}

/// The sums of `N` vectors, which don't wait for each other.
@inline(__always)
private func gateSums<let N: Int>(
  _: Count<N>.Type, _ gates: Matrix, _ column: Int, _ state: Matrix?, _ unit: Int
) -> InlineArray<N, Lanes> {
  var sums = InlineArray<N, Lanes>(repeating: Lanes(repeating: 0))
  for row in 0..<gates.rows {
    let values = gates.base + row * gates.stride + column
    if let state {
      let factors = state.base + row * state.stride + unit
      for n in 0..<N { sums[n] = sums[n].plus((values + n * 16).lanes, times: (factors + n * 16).lanes) }
    } else {
      for n in 0..<N { sums[n] += (values + n * 16).lanes }
    }
  }
  return sums
}

/// Calls `body` with the first column of each vector in a row segment of `width` columns, and with the number of its
/// lanes that the vector before it has too: as `forEachVector`, for sums. Columns before `first` are left out.
@inline(__always)
func forEachGroup(
  of width: Int, from first: Int = 0, _ body: (_ column: Int, _ repeated: Int) -> Void
) {
  var column = first
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
