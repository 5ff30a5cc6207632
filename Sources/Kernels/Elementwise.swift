// Elementwise operations of layers: biases, activations, sums, and copies between layouts.
// All process whole vectors, including padding, unless noted otherwise.

/// Sets every row of `result` to `bias`, `[1, n]`.
public func broadcast(_ bias: Matrix, into result: Matrix) {
  for row in 0..<result.rows {
    (result.base + row * result.stride).update(from: bias.base, count: result.stride)
  }
}

/// `result += values`; equal shapes and strides.
public func add(_ values: Matrix, into result: Matrix) {
  forEachElement(of: result) { (result.base + $0).lanes += (values.base + $0).lanes }
}

/// Copies the row preceding `rows` to each of `rows`.
public func repeatRow(before rows: Range<Int>, in matrix: Matrix) {
  let source = matrix.base + (rows.lowerBound - 1) * matrix.stride
  for row in rows { (matrix.base + row * matrix.stride).update(from: source, count: matrix.stride) }
}

/// Adds each of `rows`, starting with the last, to the row preceding `rows`, and clears it.
public func foldRows(_ rows: Range<Int>, in matrix: Matrix) {
  let target = matrix.base + (rows.lowerBound - 1) * matrix.stride
  for row in rows.reversed() {
    let source = matrix.base + row * matrix.stride
    for column in stride(from: 0, to: matrix.stride, by: 16) {
      (target + column).lanes += (source + column).lanes
      (source + column).lanes = Lanes(repeating: 0)
    }
  }
}

/// `result = first + second`.
public func sum(_ first: Matrix, _ second: Matrix, into result: Matrix) {
  forEachElement(of: result) { (result.base + $0).lanes = (first.base + $0).lanes + (second.base + $0).lanes }
}

/// `result = first * second * factor`.
public func product(_ first: Matrix, _ second: Matrix, scaledBy factor: Float, into result: Matrix) {
  forEachElement(of: result) {
    (result.base + $0).lanes = (first.base + $0).lanes * (second.base + $0).lanes * factor
  }
}

/// `result = values * factor`.
public func scale(_ values: Matrix, by factor: Float, into result: Matrix) {
  forEachElement(of: result) { (result.base + $0).lanes = (values.base + $0).lanes * factor }
}

/// `result[0, j] += sum over rows of values[i, j]`, rows in ascending order.
public func addColumnSums(of values: Matrix, into result: Matrix) {
  var column = 0
  while column + 64 <= values.stride {
    addColumnSums(Count<4>.self, values, column, result)
    column += 64
  }
  while column < values.stride {
    addColumnSums(Count<1>.self, values, column, result)
    column += 16
  }
}

/// `N` vectors of columns, whose sums don't wait for each other.
@inline(__always)
private func addColumnSums<let N: Int>(_: Count<N>.Type, _ values: Matrix, _ column: Int, _ result: Matrix) {
  let target = result.base + column
  var sums = InlineArray<N, Lanes> { (target + $0 * 16).lanes }
  for row in 0..<values.rows {
    let source = values.base + row * values.stride + column
    for n in 0..<N { sums[n] += (source + n * 16).lanes }
  }
  for n in 0..<N { (target + n * 16).lanes = sums[n] }
}

/// `result = f(values)`; in place if both are the same memory.
public func activate(_ values: Matrix, _ kind: ActivationKind, into result: Matrix) {
  switch kind {
  case .tanh: activate(values, TanhActivation(), result)
  case .sigmoid: activate(values, SigmoidActivation(), result)
  case .relu: activate(values, ReLUActivation(), result)
  default: activate(values, AnyActivation(kind: kind), result)
  }
}

/// e^x for each element.
public func exponentiate(_ values: Matrix, into result: Matrix) {
  forEachElement(of: result) { (result.base + $0).lanes = exp((values.base + $0).lanes) }
}

@inline(__always)
private func activate(_ values: Matrix, _ f: some LaneActivation, _ result: Matrix) {
  forEachElement(of: result) { (result.base + $0).lanes = f.value((values.base + $0).lanes) }
}

/// `result = gradient * f'(x)`, computed from `outputs` = f(x) and, if the function needs it, `inputs` = x; the
/// padding of each row becomes zero. Equal strides.
public func activateBackward(
  outputs: Matrix, inputs: Matrix, gradient: Matrix, _ kind: ActivationKind, into result: Matrix
) {
  switch kind {
  case .tanh: activateBackward(outputs, inputs, gradient, TanhActivation(), result)
  case .relu: activateBackward(outputs, inputs, gradient, ReLUActivation(), result)
  default: activateBackward(outputs, inputs, gradient, AnyActivation(kind: kind), result)
  }
}

@inline(__always)
private func activateBackward(
  _ outputs: Matrix, _ inputs: Matrix, _ gradient: Matrix, _ f: some LaneActivation, _ result: Matrix
) {
  let isPadded = result.columns < result.stride
  for row in 0..<result.rows {
    let start = row * result.stride
    for column in stride(from: 0, to: result.stride, by: 16) {
      let offset = start + column
      let x = f.needsInput ? (inputs.base + offset).lanes : Lanes(repeating: 0)
      let value = (gradient.base + offset).lanes * f.derivative((outputs.base + offset).lanes, at: x)
      (result.base + offset).lanes = isPadded ? value.first(result.columns - column) : value
    }
  }
}

/// `result = softmax(z)` over each row's columns; padding becomes zero.
public func softmax(_ z: Matrix, into result: Matrix) {
  precondition(z.rows == result.rows && z.columns == result.columns, "matrices of different sizes")
  for row in 0..<z.rows {
    let (x, y) = (z.base + row * z.stride, result.base + row * result.stride)
    let largest = largest(x, z.columns)
    var total: Float = 0
    for column in stride(from: 0, to: z.stride, by: 16) {
      (y + column).lanes = exp((x + column).lanes - largest).first(z.columns - column)
    }
    if z.columns > 64 {
      var sums = Lanes(repeating: 0)
      for column in stride(from: 0, to: z.stride, by: 16) { sums += (y + column).lanes }
      total = sums.sum()
    } else {
      for column in 0..<z.columns { total += y[column] }
    }
    for column in stride(from: 0, to: z.stride, by: 16) { (y + column).lanes /= Lanes(repeating: total) }
  }
}

/// The largest of `count` numbers.
private func largest(_ x: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
  var column = 0
  var lanes = Lanes(repeating: -.infinity)
  while column + 16 <= count {
    lanes = lanes.replacing(with: (x + column).lanes, where: (x + column).lanes .> lanes)
    column += 16
  }
  var result = lanes.max()
  while column < count {
    result = max(result, x[column])
    column += 1
  }
  return result
}

/// `result = y (gradient - sum_j gradient_j y_j)`: softmax's backward pass, row by row.
public func softmaxBackward(outputs: Matrix, gradient: Matrix, into result: Matrix) {
  for row in 0..<outputs.rows {
    let y = outputs.base + row * outputs.stride
    let d = gradient.base + row * gradient.stride
    let target = result.base + row * result.stride
    var dot: Float = 0
    for column in 0..<outputs.columns { dot += y[column] * d[column] }
    for column in stride(from: 0, to: outputs.stride, by: 16) {
      (target + column).lanes = (y + column).lanes * ((d + column).lanes - dot)
    }
  }
}

/// Copies `source`'s columns to `result`, starting at `column` (to concatenate two directions).
public func copyColumns(of source: Matrix, into result: Matrix, at column: Int) {
  for row in 0..<source.rows {
    (result.base + row * result.stride + column).update(
      from: source.base + row * source.stride, count: source.columns)
  }
}

/// Copies `count` of `source`'s columns, starting at `start`, to `result`, starting at `column`.
public func copyColumns(
  of source: Matrix, from start: Int, _ count: Int, into result: Matrix, at column: Int
) {
  for row in 0..<source.rows {
    (result.base + row * result.stride + column).update(
      from: source.base + row * source.stride + start, count: count)
  }
}

/// `result[i, column + j] += source[i, j]` for all columns of `source`.
public func addColumns(of source: Matrix, into result: Matrix, at column: Int) {
  for row in 0..<source.rows {
    let from = source.base + row * source.stride
    let to = result.base + row * result.stride + column
    for j in 0..<source.columns { to[j] += from[j] }
  }
}

/// `result[i, to + j] += source[i, from + j]` for `count` columns.
public func addColumns(
  of source: Matrix, from first: Int, _ count: Int, into result: Matrix, at column: Int
) {
  for row in 0..<source.rows {
    let from = source.base + row * source.stride + first
    let to = result.base + row * result.stride + column
    for j in 0..<count { to[j] += from[j] }
  }
}

/// Copies the rows of `source` with their padding to the first columns of `result`, which has a longer stride.
public func copyVectors(of source: Matrix, into result: Matrix) {
  for row in 0..<source.rows {
    (result.base + row * result.stride).update(from: source.base + row * source.stride, count: source.stride)
  }
}

/// Copies `result.columns` columns of `source`, starting at `column`, to `result` (to split them again).
public func copyColumns(of source: Matrix, from column: Int, into result: Matrix) {
  for row in 0..<result.rows {
    (result.base + row * result.stride).update(
      from: source.base + row * source.stride + column, count: result.columns)
  }
}

@inline(__always)
private func forEachElement(of matrix: Matrix, _ body: (Int) -> Void) {
  for index in stride(from: 0, to: matrix.rows * matrix.stride, by: 16) { body(index) }
}
