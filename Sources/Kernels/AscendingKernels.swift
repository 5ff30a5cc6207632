// Groups of numbers in ascending order: the middle one, and distances that are positive whatever the input is.
//
//   y_m = x_m                                     m = (n - 1) / 2, the middle of a group of n
//   y_i = y_{i-1} + softplus(x_i)   i > m         y_i = y_{i+1} - softplus(x_i)   i < m
//
//   dx_m = sum of all dy      dx_i = softplus'(x_i) sum_{k >= i} dy_k   i > m     dx_i = -softplus'(x_i) sum_{k <= i} dy_k
//
// Sums never cross in single precision either: adding a number that is not negative never gives less.

/// Groups of `count` columns of `values` in ascending order.
public func ascend(_ values: Matrix, count: Int, into result: Matrix) {
  let middle = (count - 1) / 2
  for row in 0..<values.rows {
    for first in stride(from: 0, to: values.columns, by: count) {
      let x = values.base + row * values.stride + first
      let y = result.base + row * result.stride + first
      y[middle] = x[middle]
      for i in middle + 1..<max(middle + 1, count) { y[i] = y[i - 1] + softplus(x[i]) }
      for i in (0..<middle).reversed() { y[i] = y[i + 1] - softplus(x[i]) }
    }
  }
}

/// The gradients of `ascend`'s values from those of its result.
public func ascendBackward(_ gradient: Matrix, _ values: Matrix, count: Int, into result: Matrix) {
  let middle = (count - 1) / 2
  for row in 0..<values.rows {
    for first in stride(from: 0, to: values.columns, by: count) {
      let x = values.base + row * values.stride + first
      let dy = gradient.base + row * gradient.stride + first
      let dx = result.base + row * result.stride + first
      var (above, below): (Float, Float) = (0, 0)
      for i in (middle + 1..<max(middle + 1, count)).reversed() {
        above += dy[i]
        dx[i] = above * softplusDerivative(x[i])
      }
      for i in 0..<middle {
        below += dy[i]
        dx[i] = -below * softplusDerivative(x[i])
      }
      dx[middle] = dy[middle] + above + below
    }
  }
}

private func softplus(_ x: Float) -> Float { softplus(Lanes(repeating: x))[0] }

private func softplusDerivative(_ x: Float) -> Float { sigmoid(Lanes(repeating: x))[0] }
