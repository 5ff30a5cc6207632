// The optimizers' arithmetic on flat arrays of weights: one pass, every array read and written once.
// The formulas are Keras's (keras/src/optimizers), in which the position of epsilon differs from the papers.

/// Adam: `m += (g - m)(1 - b1); v += (g^2 - v)(1 - b2); w -= rate m / (sqrt(v) + epsilon)`, where `rate` includes
/// the bias correction of step t: `lr sqrt(1 - b2^t) / (1 - b1^t)`. AMSGrad divides by the root of the largest v so
/// far.
public struct AdamUpdate: Sendable {
  /// The learning rate, including the bias correction of this step.
  public var rate: Float
  /// b1: the decay of the gradients' mean.
  public var beta1: Float
  /// b2: the decay of the squared gradients' mean.
  public var beta2: Float
  /// Keeps the divisor above zero; outside the root.
  public var epsilon: Float

  /// Settings for one step; `rate` changes with every step.
  public init(rate: Float, beta1: Float, beta2: Float, epsilon: Float) {
    self.rate = rate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Updates weights `range`; the range's bounds are multiples of 16.
  public func apply(
    weights: FloatBuffer, gradient: FloatBuffer, momentum: FloatBuffer, variance: FloatBuffer,
    largest: FloatBuffer? = nil, _ range: Range<Int>
  ) {
    precondition(range.upperBound <= min(weights.count, gradient.count, momentum.count, variance.count))
    let (w, g, m, v) = (weights.base, gradient.base, momentum.base, variance.base)
    if let largest { return applyAMSGrad(weights, gradient, momentum, variance, largest, range) }
    for i in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
      let gradient = (g + i).lanes
      let first = (m + i).lanes.plus(gradient - (m + i).lanes, times: Lanes(repeating: 1 - beta1))
      let second = (v + i).lanes.plus(gradient * gradient - (v + i).lanes, times: Lanes(repeating: 1 - beta2))
      (m + i).lanes = first
      (v + i).lanes = second
      (w + i).lanes -= (first * rate) / (second.squareRoot() + epsilon)
    }
  }

  private func applyAMSGrad(
    _ weights: FloatBuffer, _ gradient: FloatBuffer, _ momentum: FloatBuffer, _ variance: FloatBuffer,
    _ largest: FloatBuffer, _ range: Range<Int>
  ) {
    precondition(range.upperBound <= largest.count)
    let (w, g, m, v, top) = (weights.base, gradient.base, momentum.base, variance.base, largest.base)
    for i in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
      let gradient = (g + i).lanes
      let first = (m + i).lanes.plus(gradient - (m + i).lanes, times: Lanes(repeating: 1 - beta1))
      let second = (v + i).lanes.plus(gradient * gradient - (v + i).lanes, times: Lanes(repeating: 1 - beta2))
      let bound = (top + i).lanes.replacing(with: second, where: second .> (top + i).lanes)
      (m + i).lanes = first
      (v + i).lanes = second
      (top + i).lanes = bound
      (w + i).lanes -= (first * rate) / (bound.squareRoot() + epsilon)
    }
  }
}

/// SGD with momentum: `v = momentum v - rate g; w += v`, or Nesterov's `w += momentum v - rate g`.
public struct SGDUpdate: Sendable {
  /// The learning rate.
  public var rate: Float
  /// The fraction of the last step that is kept; 0 for plain gradient descent.
  public var momentum: Float
  /// Whether to use Nesterov momentum, which looks ahead along the velocity.
  public var nesterov: Bool

  /// Settings for one step.
  public init(rate: Float, momentum: Float, nesterov: Bool) {
    self.rate = rate
    self.momentum = momentum
    self.nesterov = nesterov
  }

  /// Updates weights `range`; the range's bounds are multiples of 16.
  public func apply(weights: FloatBuffer, gradient: FloatBuffer, velocity: FloatBuffer, _ range: Range<Int>) {
    precondition(range.upperBound <= min(weights.count, gradient.count, velocity.count))
    let (w, g, v) = (weights.base, gradient.base, velocity.base)
    for i in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
      let step = (g + i).lanes * rate
      let moved = (v + i).lanes * momentum - step
      (v + i).lanes = moved
      (w + i).lanes += nesterov ? moved * momentum - step : moved
    }
  }
}

/// RMSprop: `v = rho v + (1 - rho) g^2; w -= rate g / sqrt(v + epsilon)`; if centered, the square of the gradients'
/// mean is subtracted from v; with momentum, steps accumulate: `s = momentum s + step; w -= s`.
public struct RMSpropUpdate: Sendable {
  /// The learning rate.
  public var rate: Float
  /// The decay of the averages.
  public var rho: Float
  /// Keeps the divisor above zero; inside the root.
  public var epsilon: Float
  /// The fraction of the last step that is kept.
  public var momentum: Float

  /// Settings for one step.
  public init(rate: Float, rho: Float, epsilon: Float, momentum: Float = 0) {
    self.rate = rate
    self.rho = rho
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// Updates weights `range`; the range's bounds are multiples of 16.
  ///
  /// - Parameters:
  ///   - mean: the gradients' mean, if the variance is centered.
  ///   - velocity: the last step, if there is momentum.
  public func apply(
    weights: FloatBuffer, gradient: FloatBuffer, variance: FloatBuffer, mean: FloatBuffer? = nil,
    velocity: FloatBuffer? = nil, _ range: Range<Int>
  ) {
    precondition(range.upperBound <= min(weights.count, gradient.count, variance.count))
    precondition(range.upperBound <= min(mean?.count ?? .max, velocity?.count ?? .max))
    let (w, g, v) = (weights.base, gradient.base, variance.base)
    for i in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
      let gradient = (g + i).lanes
      let square = (v + i).lanes * rho + (gradient * gradient) * (1 - rho)
      (v + i).lanes = square
      var divisor = square + epsilon
      if let mean {
        let average = (mean.base + i).lanes * rho + gradient * (1 - rho)
        (mean.base + i).lanes = average
        divisor -= average * average
      }
      var step = (gradient * rate) / divisor.squareRoot()
      if let velocity {
        step += (velocity.base + i).lanes * momentum
        (velocity.base + i).lanes = step
      }
      (w + i).lanes -= step
    }
  }
}

// MARK: - Gradient clipping

/// The sum of the squares of the elements in `range`, in double precision; the range's bounds are multiples of 16.
public func sumOfSquares(_ values: FloatBuffer, _ range: Range<Int>) -> Double {
  precondition(range.upperBound <= values.count, "range outside the buffer")
  var sum = SIMD16<Double>(repeating: 0)
  for i in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
    let wide = SIMD16<Double>((values.base + i).lanes)
    sum.accumulate(wide, times: wide)
  }
  return sum.sum()
}

/// Multiplies the elements in `range` by `factor`; the range's bounds are multiples of 16.
public func scaleElements(_ values: FloatBuffer, _ range: Range<Int>, by factor: Float) {
  precondition(range.upperBound <= values.count, "range outside the buffer")
  for i in stride(from: range.lowerBound, to: range.upperBound, by: 16) { (values.base + i).lanes *= factor }
}

/// Limits the elements in `range` to [-limit, limit]; the range's bounds are multiples of 16.
public func clampElements(_ values: FloatBuffer, _ range: Range<Int>, to limit: Float) {
  precondition(range.upperBound <= values.count, "range outside the buffer")
  for i in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
    (values.base + i).lanes = clamp((values.base + i).lanes, -limit, limit)
  }
}
