// Pooling over time steps: sums over unmasked rows, and maxima.

/// `result += values` in the rows that `mask` includes.
public func addCounted(_ values: Matrix, _ mask: RowMask, into result: Matrix) {
  for row in 0..<mask.rows where mask.base[row] != 0 {
    for column in stride(from: 0, to: result.stride, by: 16) {
      (result.base + row * result.stride + column).lanes += (values.base + row * values.stride + column).lanes
    }
  }
}

/// Multiplies each row of `values` by its element of `factors`, `[rows, 1]`.
public func scaleRows(_ values: Matrix, by factors: Matrix) {
  for row in 0..<values.rows {
    for column in stride(from: 0, to: values.stride, by: 16) {
      (values.base + row * values.stride + column).lanes *= factors[row, 0]
    }
  }
}

/// `result = max(result, values)`.
public func largest(_ values: Matrix, into result: Matrix) {
  for offset in stride(from: 0, to: result.rows * result.stride, by: 16) {
    let (a, b) = ((result.base + offset).lanes, (values.base + offset).lanes)
    (result.base + offset).lanes = a.replacing(with: b, where: b .> a)
  }
}

/// `counts += 1` where `values` is the maximum over all steps.
public func countLargest(_ values: Matrix, _ largest: Matrix, into counts: Matrix) {
  for offset in stride(from: 0, to: counts.rows * counts.stride, by: 16) {
    let isLargest = (values.base + offset).lanes .== (largest.base + offset).lanes
    (counts.base + offset).lanes += Lanes(repeating: 0).replacing(with: Lanes(repeating: 1), where: isLargest)
  }
}

/// `result = gradient / counts` where `values` is the maximum over all steps, else zero: ties share equally.
public func shareLargest(
  _ values: Matrix, _ largest: Matrix, counts: Matrix, gradient: Matrix, into result: Matrix
) {
  for offset in stride(from: 0, to: result.rows * result.stride, by: 16) {
    let isLargest = (values.base + offset).lanes .== (largest.base + offset).lanes
    let share = (gradient.base + offset).lanes / (counts.base + offset).lanes
    (result.base + offset).lanes = Lanes(repeating: 0).replacing(with: share, where: isLargest)
  }
}
