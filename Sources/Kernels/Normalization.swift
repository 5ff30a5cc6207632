// Layer normalization: each row is normalized to mean 0 and variance 1, then scaled and shifted.

/// `result = gamma * n + beta` with `n = (values - mean) / sqrt(variance + epsilon)`, mean and variance those of the
/// row; n is written to `normalized` and `1 / sqrt(variance + epsilon)` to `inverse`, `[rows, 1]`. Padding becomes
/// zero.
public func normalizeRows(
  _ values: Matrix, epsilon: Float, gamma: Matrix?, beta: Matrix?, normalized: Matrix, inverse: Matrix,
  into result: Matrix
) {
  let width = values.columns
  for row in 0..<values.rows {
    let x = values.base + row * values.stride
    let n = normalized.base + row * normalized.stride
    let y = result.base + row * result.stride
    let mean = sum(x, width) / Float(width)
    var squares = Lanes(repeating: 0)
    for column in stride(from: 0, to: values.stride, by: 16) {
      let difference = ((x + column).lanes - mean).first(width - column)
      (n + column).lanes = difference
      squares += difference * difference
    }
    let factor = 1 / (squares.sum() / Float(width) + epsilon).squareRoot()
    inverse[row, 0] = factor
    for column in stride(from: 0, to: values.stride, by: 16) {
      let value = (n + column).lanes * factor
      (n + column).lanes = value
      let scaled = gamma.map { value * ($0.base + column).lanes } ?? value
      (y + column).lanes = (beta.map { scaled + ($0.base + column).lanes } ?? scaled).first(width - column)
    }
  }
}

/// The backward pass of `normalizeRows`: adds to the gradients of gamma and beta, if any, and writes
/// `result = inverse (g - mean g - n mean(g n))` with g = gamma * gradient, if the input needs gradients.
public func normalizeRowsBackward(
  _ gradient: Matrix, gamma: Matrix?, normalized: Matrix, inverse: Matrix, gammaGradient: Matrix?,
  betaGradient: Matrix?, into result: Matrix?
) {
  let width = gradient.columns
  for row in 0..<gradient.rows {
    let dy = gradient.base + row * gradient.stride
    let n = normalized.base + row * normalized.stride
    var (total, dot) = (Lanes(repeating: 0), Lanes(repeating: 0))
    for column in stride(from: 0, to: gradient.stride, by: 16) {
      let d = (dy + column).lanes.first(width - column)
      let value = (n + column).lanes
      if let gammaGradient { (gammaGradient.base + column).lanes += d * value }
      if let betaGradient { (betaGradient.base + column).lanes += d }
      let g = gamma.map { d * ($0.base + column).lanes } ?? d
      total += g
      dot += g * value
    }
    guard let result else { continue }
    let (mean, meanProduct) = (total.sum() / Float(width), dot.sum() / Float(width))
    for column in stride(from: 0, to: gradient.stride, by: 16) {
      let g = gamma.map { (dy + column).lanes * ($0.base + column).lanes } ?? (dy + column).lanes
      let dx = (g - mean - (n + column).lanes * meanProduct) * inverse[row, 0]
      (result.base + row * result.stride + column).lanes = dx.first(width - column)
    }
  }
}

@inline(__always)
private func sum(_ values: UnsafeMutablePointer<Float>, _ width: Int) -> Float {
  var total = Lanes(repeating: 0)
  for column in stride(from: 0, to: width, by: 16) {
    total += (values + column).lanes.first(width - column)
  }
  return total.sum()
}
