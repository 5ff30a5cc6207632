// Operations of merging layers on several values at once: products and extremes under masks, copies between shapes,
// and sums of products along any axes.

/// `result *= values`, in the rows that `mask` includes; equal shapes and strides.
public func multiplyElements(_ values: Matrix, counting mask: RowMask?, into result: Matrix) {
  for row in 0..<result.rows where mask?[row] ?? true {
    for column in stride(from: 0, to: result.stride, by: 16) {
      (result.base + row * result.stride + column).lanes *=
        (values.base + row * values.stride + column).lanes
    }
  }
}

/// Sets every element of `values`, including padding, to `value`.
public func fill(_ values: Matrix, with value: Float) {
  values.base.update(repeating: value, count: values.rows * values.stride)
}

/// `result = max(result, values)`, or the minimum; `winners` is set to `number` where `values` won.
///
/// A row that `mask` excludes doesn't change the result; a row of the result that `resultMask` excludes is replaced
/// by the values. Equal shapes and strides.
public func keepExtreme(
  _ values: Matrix, number: Int, isLargest: Bool, mask: RowMask?, resultMask: RowMask?, into result: Matrix,
  winners: Matrix
) {
  for row in 0..<result.rows where mask?[row] ?? true {
    let isReplaced = !(resultMask?[row] ?? true)
    for column in stride(from: 0, to: result.stride, by: 16) {
      let offset = row * result.stride + column
      let (a, b) = ((result.base + offset).lanes, (values.base + offset).lanes)
      let wins = isReplaced ? SIMDMask(repeating: true) : isLargest ? b .> a : b .< a
      (result.base + offset).lanes = a.replacing(with: b, where: wins)
      let winner = (winners.base + offset).lanes
      (winners.base + offset).lanes = winner.replacing(with: Lanes(repeating: Float(number)), where: wins)
    }
  }
}

/// `result = gradient` where `winners` is `number`, else zero; equal shapes and strides.
public func takeGradient(_ gradient: Matrix, winners: Matrix, number: Int, into result: Matrix) {
  let number = Lanes(repeating: Float(number))
  for offset in stride(from: 0, to: result.rows * result.stride, by: 16) {
    let isOwn = (winners.base + offset).lanes .== number
    (result.base + offset).lanes = Lanes(repeating: 0).replacing(
      with: (gradient.base + offset).lanes, where: isOwn)
  }
}

/// Sets all columns of each row of `result` to the row's element of `values`, `[rows, 1]`.
public func spreadColumn(_ values: Matrix, into result: Matrix) {
  for row in 0..<result.rows {
    (result.base + row * result.stride).update(repeating: values[row, 0], count: result.columns)
  }
}

/// `result[i, 0] = sum_j values[i, j]`, columns in ascending order.
public func sumColumns(_ values: Matrix, into result: Matrix) {
  for row in 0..<result.rows {
    var sum: Float = 0
    for column in 0..<values.columns { sum += values[row, column] }
    result[row, 0] = sum
  }
}

/// A view of some elements of a matrix as `[rows, columns]`, with a stride along each axis.
public struct StridedView {
  fileprivate let base: UnsafeMutablePointer<Float>
  fileprivate let rows: Int
  fileprivate let columns: Int
  fileprivate let rowStride: Int
  fileprivate let columnStride: Int

  /// The same elements with rows and columns exchanged.
  public var transposed: StridedView {
    StridedView(
      base: base, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride)
  }
}

extension Matrix {
  /// Row `row` of every group of `group` rows, that is, all steps of one batch row: `[steps, columns]`.
  public func steps(ofRow row: Int, group: Int) -> StridedView {
    StridedView(
      base: base + row * stride, rows: rows / max(1, group), columns: columns, rowStride: group * stride,
      columnStride: 1)
  }
}

/// `result[i, j] (+)= sum_k a[i, k] b[k, j]`, k in ascending order.
///
/// - Parameter adds: whether the sums are added to `result`.
public func multiply(_ a: StridedView, _ b: StridedView, adds: Bool, into result: StridedView) {
  precondition(
    a.columns == b.rows && result.rows == a.rows && result.columns == b.columns, "factors don't fit")
  for i in 0..<a.rows {
    for j in 0..<b.columns {
      var sum: Float = 0
      for k in 0..<a.columns {
        sum += a.base[i * a.rowStride + k * a.columnStride] * b.base[k * b.rowStride + j * b.columnStride]
      }
      let offset = i * result.rowStride + j * result.columnStride
      result.base[offset] = adds ? result.base[offset] + sum : sum
    }
  }
}

/// `inverse[i, 0] = 1 / |values[i, ..]|`, at most `limit`, and `result[i, k] = values[i, k] inverse[i, 0]`.
public func normalize(_ values: StridedView, limit: Float, inverse: StridedView, into result: StridedView) {
  for i in 0..<values.rows {
    var square: Float = 0
    for k in 0..<values.columns {
      let x = values.base[i * values.rowStride + k * values.columnStride]
      square += x * x
    }
    let factor = min(1 / square.squareRoot(), limit)
    inverse.base[i * inverse.rowStride] = factor
    for k in 0..<values.columns {
      result.base[i * result.rowStride + k * result.columnStride] =
        values.base[i * values.rowStride + k * values.columnStride] * factor
    }
  }
}

/// The backward pass of `normalize`: `result = (gradient - n sum_k(gradient_k n_k)) inverse`, n the normalized values.
public func normalizeBackward(
  _ gradient: StridedView, normalized: StridedView, inverse: StridedView, into result: StridedView
) {
  for i in 0..<gradient.rows {
    var dot: Float = 0
    for k in 0..<gradient.columns {
      dot +=
        gradient.base[i * gradient.rowStride + k * gradient.columnStride]
        * normalized.base[i * normalized.rowStride + k * normalized.columnStride]
    }
    for k in 0..<gradient.columns {
      let n = normalized.base[i * normalized.rowStride + k * normalized.columnStride]
      let d = gradient.base[i * gradient.rowStride + k * gradient.columnStride]
      result.base[i * result.rowStride + k * result.columnStride] =
        (d - n * dot) * inverse.base[i * inverse.rowStride]
    }
  }
}
