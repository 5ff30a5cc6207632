// Layer normalization of a step's pre-activations over all gates of a cell together, as one row of gates * H numbers
// (Ba et al. 2016). Where a gate occupies 16 columns for fewer units, the columns between them don't count.

/// The numbers of a row of gates, 16 columns at a time.
private struct GateRow {
  let units: Int
  let gates: Int

  /// How many numbers are normalized together.
  var count: Int { gates * units }

  /// Calls `body` with the first column of each vector and the number of its lanes that count.
  @inline(__always)
  func forEach(_ body: (_ column: Int, _ count: Int) -> Void) {
    if units < 16 {
      for gate in 0..<gates { body(16 * gate, units) }
    } else {
      for column in stride(from: 0, to: count, by: 16) { body(column, min(16, count - column)) }
    }
  }
}

/// `result += gamma n + beta` with `n = (values - mean) / sqrt(variance + epsilon)`, mean and variance those of the
/// row's gates; n is written to `normalized` and `1 / sqrt(variance + epsilon)` to column `place` of `inverse`.
public func addNormalizedGates(
  _ values: Matrix, gates: Int, units: Int, epsilon: Float, gamma: Matrix, beta: Matrix, normalized: Matrix,
  inverse: Matrix, place: Int, into result: Matrix
) {
  let span = GateRow(units: units, gates: gates)
  for row in 0..<values.rows {
    let x = values.base + row * values.stride
    let n = normalized.base + row * normalized.stride
    let y = result.base + row * result.stride
    var total = Lanes(repeating: 0)
    span.forEach { column, count in total += (x + column).lanes.first(count) }
    let mean = total.sum() / Float(span.count)
    var squares = Lanes(repeating: 0)
    span.forEach { column, count in
      let difference = ((x + column).lanes - mean).first(count)
      squares = squares.plus(difference, times: difference)
    }
    let factor = 1 / (squares.sum() / Float(span.count) + epsilon).squareRoot()
    inverse[row, place] = factor
    span.forEach { column, count in
      let value = ((x + column).lanes - mean).first(count) * factor
      (n + column).lanes = value
      (y + column).lanes += (beta.base + column).lanes.plus(value, times: (gamma.base + column).lanes)
    }
  }
}

/// The backward pass of `addNormalizedGates`: `result = inverse (g - mean g - n mean(g n))` with g = gamma * gradient.
public func normalizeGatesBackward(
  _ gradient: Matrix, gates: Int, units: Int, gamma: Matrix, normalized: Matrix, inverse: Matrix, place: Int,
  into result: Matrix
) {
  let span = GateRow(units: units, gates: gates)
  for row in 0..<gradient.rows {
    let dy = gradient.base + row * gradient.stride
    let n = normalized.base + row * normalized.stride
    let dx = result.base + row * result.stride
    var (total, dot) = (Lanes(repeating: 0), Lanes(repeating: 0))
    span.forEach { column, count in
      let g = ((dy + column).lanes * (gamma.base + column).lanes).first(count)
      total += g
      dot = dot.plus(g, times: (n + column).lanes)
    }
    let (mean, product) = (total.sum() / Float(span.count), dot.sum() / Float(span.count))
    span.forEach { column, count in
      let g = (dy + column).lanes * (gamma.base + column).lanes
      let change = g - mean - (n + column).lanes * product
      (dx + column).lanes = (change * inverse[row, place]).first(count)
    }
  }
}

/// `result[0, j] += sum over rows of first[i, j] second[i, j]`, for all columns including padding; equal strides.
public func addProductSums(of first: Matrix, times second: Matrix, into result: Matrix) {
  for column in stride(from: 0, to: first.stride, by: 16) {
    var sum = (result.base + column).lanes
    for row in 0..<first.rows {
      sum = sum.plus(
        (first.base + row * first.stride + column).lanes,
        times: (second.base + row * second.stride + column).lanes)
    }
    (result.base + column).lanes = sum
  }
}
