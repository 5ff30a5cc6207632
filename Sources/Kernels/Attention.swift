// Attention of one row of the batch: scores of every step of a query with every step of a key, and sums of the steps
// of a value, weighted by them.
//
//   dot        s[i, j] = sum_k q[i, k] k[j, k]
//   additive   s[i, j] = sum_k c[k] tanh(g (q[i, k] + k[j, k]))
//   output     o[i] = sum_j w[i, j] v[j]
//
// A row's steps are `group` rows apart in memory, so that each is one contiguous vector: the loops run over pairs of
// steps, and their inner loop over whole vectors of a step's numbers. Sums over steps are in ascending order.

/// All steps of one row of the batch: `[steps, columns]`.
public struct RowSteps {
  let base: UnsafeMutablePointer<Float>
  /// The number of steps.
  public let count: Int
  let columns: Int
  let stride: Int

  @inline(__always) subscript(step: Int) -> UnsafeMutablePointer<Float> { base + step * stride }

  /// The number in a step's column.
  public subscript(step: Int, column: Int) -> Float {
    get { base[step * stride + column] }
    nonmutating set { base[step * stride + column] = newValue }
  }

  /// Sets one step to zero, padding included.
  public func clear(_ step: Int) { self[step].update(repeating: 0, count: (columns + 15) / 16 * 16) }

  /// Sets all steps to zero, padding included.
  public func clear() { for step in 0..<count { clear(step) } }
}

extension Matrix {
  /// Row `row` of every group of `group` rows: all steps of one batch row.
  public func rowSteps(_ row: Int, group: Int) -> RowSteps {
    RowSteps(
      base: base + row * stride, count: rows / max(1, group), columns: columns, stride: group * stride)
  }
}

/// `sum_k a[k] b[k]` over `count` numbers.
@inline(__always)
private func dot(_ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
  var sum = Lanes(repeating: 0)
  var column = 0
  while column + 16 <= count {
    sum = sum.plus((a + column).lanes, times: (b + column).lanes)
    column += 16
  }
  if column < count { sum += ((a + column).lanes * (b + column).lanes).first(count - column) }
  return sum.sum()
}

/// `result += factor * a`, over `count` numbers.
@inline(__always)
private func add(
  _ a: UnsafeMutablePointer<Float>, times factor: Float, _ count: Int,
  into result: UnsafeMutablePointer<Float>
) {
  let factor = Lanes(repeating: factor)
  var column = 0
  while column + 16 <= count {
    (result + column).lanes = (result + column).lanes.plus((a + column).lanes, times: factor)
    column += 16
  }
  guard column < count else { return }
  (result + column).lanes += ((a + column).lanes * factor).first(count - column)
}

/// `scores[i, j] = scale * sum_k query[i, k] key[j, k]`, for one step i of the query.
public func dotScores(_ query: RowSteps, _ i: Int, _ key: RowSteps, scale: Float, into scores: RowSteps) {
  for j in 0..<key.count { scores[i][j] = scale * dot(query[i], key[j], query.columns) }
}

/// The backward pass of `dotScores` for one step i: adds to `keyGradient` and writes the query's gradient.
///
/// - Parameter gradient: that of the scores.
/// - Returns: the derivative with respect to the scale.
public func dotScoresBackward(
  _ gradient: RowSteps, _ i: Int, _ query: RowSteps, _ key: RowSteps, scale: Float, scratch: Matrix,
  queryGradient: RowSteps?, keyGradient: RowSteps?
) -> Float {
  let sum = scratch.base
  sum.update(repeating: 0, count: scratch.stride)
  for j in 0..<key.count where gradient[i][j] != 0 {
    add(key[j], times: gradient[i][j], key.columns, into: sum)
    if let keyGradient {
      add(query[i], times: scale * gradient[i][j], key.columns, into: keyGradient[j])
    }
  }
  if let queryGradient {
    queryGradient.clear(i)
    add(sum, times: scale, query.columns, into: queryGradient[i])
  }
  return dot(query[i], sum, query.columns)
}

/// `scores[i, j] = sum_k factors[k] tanh(scale (query[i, k] + key[j, k]))`, for one step i of the query.
///
/// - Parameter factors: `[1, columns]`, zero in its padding.
public func additiveScores(
  _ query: RowSteps, _ i: Int, _ key: RowSteps, factors: Matrix, scale: Float, into scores: RowSteps
) {
  for j in 0..<key.count {
    var sum = Lanes(repeating: 0)
    for column in stride(from: 0, to: query.columns, by: 16) {
      let t = tanh(((query[i] + column).lanes + (key[j] + column).lanes) * scale)
      sum += ((factors.base + column).lanes * t).first(query.columns - column)
    }
    scores[i][j] = sum.sum()
  }
}

/// The backward pass of `additiveScores` for one step i: adds to the gradients of the factors and of the key, and
/// writes the query's gradient.
///
/// - Returns: the derivative with respect to the scale.
public func additiveScoresBackward(
  _ gradient: RowSteps, _ i: Int, _ query: RowSteps, _ key: RowSteps, factors: Matrix, scale: Float,
  scratch: Matrix, factorGradient: Matrix, queryGradient: RowSteps?, keyGradient: RowSteps?
) -> Float {
  let sum = scratch.base
  sum.update(repeating: 0, count: scratch.stride)
  var scaleGradient = Lanes(repeating: 0)
  for j in 0..<key.count where gradient[i][j] != 0 {
    let d = gradient[i][j]
    for column in stride(from: 0, to: query.columns, by: 16) {
      let x = (query[i] + column).lanes + (key[j] + column).lanes
      let t = tanh(x * scale)
      let dz = ((factors.base + column).lanes * (1 - t * t) * d).first(query.columns - column)
      (factorGradient.base + column).lanes += (t * d).first(query.columns - column)
      scaleGradient += (dz * x).first(query.columns - column)
      (sum + column).lanes += dz * scale
      if let keyGradient { (keyGradient[j] + column).lanes += dz * scale }
    }
  }
  if let queryGradient {
    queryGradient.clear(i)
    add(sum, times: 1, query.columns, into: queryGradient[i])
  }
  return scaleGradient.sum()
}

/// `output[i] = sum_j weights[i, j] value[j]`, for one step i.
public func weightedSum(_ weights: RowSteps, _ i: Int, of value: RowSteps, into output: RowSteps) {
  output.clear(i)
  for j in 0..<value.count where weights[i][j] != 0 {
    add(value[j], times: weights[i][j], value.columns, into: output[i])
  }
}

/// The backward pass of `weightedSum` for one step i: writes the weights' gradients, and adds to the value's.
public func weightedSumBackward(
  _ gradient: RowSteps, _ weights: RowSteps, _ i: Int, of value: RowSteps, weightGradient: RowSteps,
  valueGradient: RowSteps?
) {
  for j in 0..<value.count {
    weightGradient[i][j] = dot(gradient[i], value[j], value.columns)
    guard let valueGradient, weights[i][j] != 0 else { continue }
    add(gradient[i], times: weights[i][j], value.columns, into: valueGradient[j])
  }
}

/// Makes every unmasked row of `scores` a distribution: softmax over its columns. A row's masked columns are lowered
/// by 10^9 first, as in Keras, so that they have no weight unless all columns are masked.
///
/// - Parameter mask: whether a column of a row of the batch is masked.
public func maskedSoftmax(_ scores: RowSteps, _ i: Int, isMasked: (Int) -> Bool) {
  var largest = -Float.infinity
  for j in 0..<scores.columns {
    if isMasked(j) { scores[i][j] -= 1e9 }
    largest = max(largest, scores[i][j])
  }
  var total: Float = 0
  for column in stride(from: 0, to: scores.columns, by: 16) {
    let powers = exp((scores[i] + column).lanes - largest).first(scores.columns - column)
    (scores[i] + column).lanes = powers
  }
  for j in 0..<scores.columns { total += scores[i][j] }
  for column in stride(from: 0, to: scores.columns, by: 16) {
    (scores[i] + column).lanes /= Lanes(repeating: total)
  }
}

/// `gradient = weights (gradient - sum_j gradient[j] weights[j])`, in place: softmax's backward pass for one step i.
public func softmaxBackward(_ gradient: RowSteps, _ i: Int, weights: RowSteps) {
  let sum = dot(gradient[i], weights[i], weights.columns)
  for column in stride(from: 0, to: weights.columns, by: 16) {
    (gradient[i] + column).lanes = (weights[i] + column).lanes * ((gradient[i] + column).lanes - sum)
  }
}
