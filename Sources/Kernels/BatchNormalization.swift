// Batch normalization: each column is normalized over rows, those of a batch and its steps. Sums are in double
// precision, since a batch may have many rows; padding stays zero.

/// Adds the columns' sums over the rows that count to `sums`, from `start`.
public func addColumnSums(_ values: Matrix, _ mask: RowMask?, into sums: Buffer<Double>, at start: Int) {
  precondition(start >= 0 && start + values.columns <= sums.count, "sums outside the buffer")
  let total = sums.base + start
  for row in 0..<values.rows where mask?[row] ?? true {
    let x = values.base + row * values.stride
    for column in 0..<values.columns { total[column] += Double(x[column]) }
  }
}

/// Adds the columns' sums of squared distances from `mean`, `[1, columns]`, over the rows that count.
public func addColumnSquares(
  _ values: Matrix, from mean: Matrix, _ mask: RowMask?, into sums: Buffer<Double>, at start: Int
) {
  precondition(start >= 0 && start + values.columns <= sums.count, "sums outside the buffer")
  let total = sums.base + start
  for row in 0..<values.rows where mask?[row] ?? true {
    let x = values.base + row * values.stride
    for column in 0..<values.columns {
      let distance = Double(x[column] - mean.base[column])
      total[column] += distance * distance
    }
  }
}

/// `result = gamma * n + beta` with `n = (values - mean) * inverse`; all but the values are `[1, columns]`.
public func normalizeColumns(
  _ values: Matrix, mean: Matrix, inverse: Matrix, gamma: Matrix?, beta: Matrix?, into result: Matrix
) {
  for row in 0..<values.rows {
    let x = values.base + row * values.stride
    let y = result.base + row * result.stride
    for column in stride(from: 0, to: values.stride, by: 16) {
      let n = ((x + column).lanes - (mean.base + column).lanes) * (inverse.base + column).lanes
      let scaled = gamma.map { n * ($0.base + column).lanes } ?? n
      (y + column).lanes =
        (beta.map { scaled + ($0.base + column).lanes } ?? scaled).first(values.columns - column)
    }
  }
}

/// Adds the columns' sums of `gradient` to `sums` from `start`, and those of `gradient * n` after them.
public func addColumnGradients(
  _ gradient: Matrix, _ values: Matrix, mean: Matrix, inverse: Matrix, into sums: Buffer<Double>,
  at start: Int
) {
  let columns = values.columns
  precondition(start >= 0 && start + 2 * columns <= sums.count, "sums outside the buffer")
  let (total, product) = (sums.base + start, sums.base + start + columns)
  for row in 0..<values.rows {
    let x = values.base + row * values.stride
    let dy = gradient.base + row * gradient.stride
    for column in 0..<columns {
      total[column] += Double(dy[column])
      product[column] += Double(dy[column] * ((x[column] - mean.base[column]) * inverse.base[column]))
    }
  }
}

/// `result = gamma * inverse * gradient`: the backward pass where mean and variance are given.
public func scaleColumns(_ gradient: Matrix, inverse: Matrix, gamma: Matrix?, into result: Matrix) {
  for row in 0..<gradient.rows {
    let dy = gradient.base + row * gradient.stride
    let dx = result.base + row * result.stride
    for column in stride(from: 0, to: gradient.stride, by: 16) {
      let g = gamma.map { (dy + column).lanes * ($0.base + column).lanes } ?? (dy + column).lanes
      (dx + column).lanes = (g * (inverse.base + column).lanes).first(gradient.columns - column)
    }
  }
}

/// Subtracts `gamma * inverse * (mean dy + n * mean (dy n))` from `result` in the rows that count, which determined
/// mean and variance; the means are `[1, columns]`.
public func subtractBatchGradient(
  _ values: Matrix, mean: Matrix, inverse: Matrix, gamma: Matrix?, gradientMean: Matrix, productMean: Matrix,
  _ mask: RowMask?, into result: Matrix
) {
  for row in 0..<values.rows where mask?[row] ?? true {
    let x = values.base + row * values.stride
    let dx = result.base + row * result.stride
    for column in stride(from: 0, to: values.stride, by: 16) {
      let factor = (inverse.base + column).lanes
      let n = ((x + column).lanes - (mean.base + column).lanes) * factor
      let part = (gradientMean.base + column).lanes + n * (productMean.base + column).lanes
      let g = gamma.map { part * ($0.base + column).lanes } ?? part
      (dx + column).lanes -= (g * factor).first(values.columns - column)
    }
  }
}
