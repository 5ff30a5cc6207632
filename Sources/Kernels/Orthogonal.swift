// A random orthogonal matrix from a matrix of normally distributed numbers, by LAPACK's QR in OpenBLAS.

import COpenBLAS

/// Loads OpenBLAS; returns why it can't be loaded, or nil.
public func linearAlgebraProblem() -> String? { blas_load().map { String(cString: $0) } }

/// The orthonormal factor of `normal` [rows, columns] in C order, with signs fixed by R's diagonal so that the
/// result is uniformly distributed over orthogonal matrices (Mezzadri 2007; Keras's `Orthogonal` does the same). If
/// `columns > rows`, the transpose is factored, so the rows are orthonormal instead of the columns. Traps if
/// `linearAlgebraProblem` is not nil.
public func orthonormal(_ normal: [Double], rows: Int, columns: Int) -> [Double] {
  precondition(normal.count == rows * columns, "shape and values disagree")
  guard linearAlgebraProblem() == nil else { fatalError("OpenBLAS can't be loaded") }
  blas_set_threads(1)
  let tall = max(rows, columns)
  let narrow = min(rows, columns)
  // Column-major [tall, narrow]; a wide matrix in C order already is its transpose in this order.
  var a = normal
  if rows >= columns {
    for row in 0..<rows {
      for column in 0..<columns { a[column * rows + row] = normal[row * columns + column] }
    }
  }
  let signs = factor(&a, tall, narrow)
  var q = [Double](repeating: 0, count: normal.count)
  for column in 0..<narrow {
    for row in 0..<tall {
      let value = a[column * tall + row] * signs[column]
      q[rows >= columns ? row * columns + column : column * columns + row] = value
    }
  }
  return q
}

/// Replaces column-major `a` [m, n] by its Q and returns the signs of R's diagonal.
private func factor(_ a: inout [Double], _ m: Int, _ n: Int) -> [Double] {
  var (rows, columns, info) = (Int32(m), Int32(n), Int32(0))
  var tau = [Double](repeating: 0, count: n)
  var workCount = Int32(max(64 * n, 1))
  var work = [Double](repeating: 0, count: Int(workCount))
  blas_dgeqrf(&rows, &columns, &a, &rows, &tau, &work, &workCount, &info)
  precondition(info == 0, "dgeqrf refused its arguments")
  let signs = (0..<n).map { a[$0 * m + $0] < 0 ? -1.0 : 1.0 }
  blas_dorgqr(&rows, &columns, &columns, &a, &rows, &tau, &work, &workCount, &info)
  precondition(info == 0, "dorgqr refused its arguments")
  return signs
}
