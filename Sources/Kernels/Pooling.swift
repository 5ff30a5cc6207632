// Many steps become one: sums over the rows that count, and the largest values.

/// `result += values` in the rows that `mask` counts.
public func addCounted(_ values: Matrix, _ mask: RowMask, into result: Matrix) {
  for row in 0..<mask.rows where mask.base[row] != 0 {
    for column in stride(from: 0, to: result.stride, by: 16) {
      (result.base + row * result.stride + column).lanes += (values.base + row * values.stride + column).lanes
    }
  }
}

/// Multiplies each row of `values` by its number in `factors`, `[rows, 1]`.
public func scaleRows(_ values: Matrix, by factors: Matrix) {
  for row in 0..<values.rows {
    for column in stride(from: 0, to: values.stride, by: 16) {
      (values.base + row * values.stride + column).lanes *= factors[row, 0]
    }
  }
}

/// `result = max(result, values)`.
public func largest(_ values: Matrix, into result: Matrix) {
  for place in stride(from: 0, to: result.rows * result.stride, by: 16) {
    let (a, b) = ((result.base + place).lanes, (values.base + place).lanes)
    (result.base + place).lanes = a.replacing(with: b, where: b .> a)
  }
}

/// `counts += 1` where `values` is the largest of all steps.
public func countLargest(_ values: Matrix, _ largest: Matrix, into counts: Matrix) {
  for place in stride(from: 0, to: counts.rows * counts.stride, by: 16) {
    let isLargest = (values.base + place).lanes .== (largest.base + place).lanes
    (counts.base + place).lanes += Lanes(repeating: 0).replacing(with: Lanes(repeating: 1), where: isLargest)
  }
}

/// `result = gradient / counts` where `values` is the largest of all steps, else zero: equals share.
public func shareLargest(
  _ values: Matrix, _ largest: Matrix, counts: Matrix, gradient: Matrix, into result: Matrix
) {
  for place in stride(from: 0, to: result.rows * result.stride, by: 16) {
    let isLargest = (values.base + place).lanes .== (largest.base + place).lanes
    let share = (gradient.base + place).lanes / (counts.base + place).lanes
    (result.base + place).lanes = Lanes(repeating: 0).replacing(with: share, where: isLargest)
  }
}
