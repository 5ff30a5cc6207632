// Penalties on weights and activities: l1 sum|w| + l2 sum w^2, and its derivative.

/// The coefficients of a penalty.
public struct PenaltyFactors: Sendable {
  /// The coefficient of the absolute values.
  public var l1: Float
  /// The coefficient of the squares.
  public var l2: Float

  /// A penalty with these coefficients.
  public init(l1: Float, l2: Float) {
    self.l1 = l1
    self.l2 = l2
  }

  /// l1 sign w + 2 l2 w.
  @inline(__always)
  func derivative(_ w: Lanes) -> Lanes {
    let zero = Lanes(repeating: 0)
    let sign = zero.replacing(with: l1, where: w .> 0).replacing(with: -l1, where: w .< 0)
    return sign.plus(w, times: Lanes(repeating: 2 * l2))
  }
}

/// l1 sum|w| + l2 sum w^2 over `range` of the weights, whose bounds are multiples of 16.
public func penalty(_ weights: FloatBuffer, _ range: Range<Int>, _ factors: PenaltyFactors) -> Double {
  precondition(range.upperBound <= weights.count, "range outside the buffer")
  var (absolutes, squares) = (SIMD16<Double>(repeating: 0), SIMD16<Double>(repeating: 0))
  for i in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
    add((weights.base + i).lanes, &absolutes, &squares)
  }
  return Double(factors.l1) * absolutes.sum() + Double(factors.l2) * squares.sum()
}

/// l1 sum|y| + l2 sum y^2 over the rows that `mask` includes, without padding.
public func penalty(_ values: Matrix, _ factors: PenaltyFactors, counting mask: RowMask? = nil) -> Double {
  var (absolutes, squares) = (SIMD16<Double>(repeating: 0), SIMD16<Double>(repeating: 0))
  for row in 0..<values.rows where mask?[row] ?? true {
    for column in stride(from: 0, to: values.columns, by: 16) {
      let y = (values.base + row * values.stride + column).lanes
      add(y.first(values.columns - column), &absolutes, &squares)
    }
  }
  return Double(factors.l1) * absolutes.sum() + Double(factors.l2) * squares.sum()
}

@inline(__always)
private func add(_ values: Lanes, _ absolutes: inout SIMD16<Double>, _ squares: inout SIMD16<Double>) {
  let wide = SIMD16<Double>(values)
  absolutes += wide.replacing(with: -wide, where: wide .< 0)
  squares.accumulate(wide, times: wide)
}

/// Adds the penalty's derivative to the gradient over `range`, whose bounds are multiples of 16.
public func addPenaltyGradient(
  _ weights: FloatBuffer, _ range: Range<Int>, _ factors: PenaltyFactors, into gradient: FloatBuffer
) {
  precondition(range.upperBound <= min(weights.count, gradient.count), "range outside the buffer")
  for i in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
    (gradient.base + i).lanes += factors.derivative((weights.base + i).lanes)
  }
}

/// `gradient += scale * derivative` of the penalty on `values`, in the rows that `mask` includes, without padding.
public func addPenaltyGradient(
  _ values: Matrix, _ factors: PenaltyFactors, scale: Float, counting mask: RowMask? = nil,
  into gradient: Matrix
) {
  for row in 0..<values.rows where mask?[row] ?? true {
    for column in stride(from: 0, to: values.columns, by: 16) {
      let derivative = factors.derivative((values.base + row * values.stride + column).lanes) * scale
      (gradient.base + row * gradient.stride + column).lanes += derivative.first(values.columns - column)
    }
  }
}
