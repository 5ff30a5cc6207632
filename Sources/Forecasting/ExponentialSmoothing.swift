// Simple exponential smoothing: level_1 = y_1, level_{t+1} = alpha * y_t + (1 - alpha) * level_t, where alpha minimizes
// the sum of the squared errors y_t - level_t, as in statsmodels' ExponentialSmoothing with the first value as the known
// initial level.

/// Simple exponential smoothing of a series.
struct ExponentialSmoothing {
  /// The weight of the newest value, from 0 to 1.
  let alpha: Double
  /// The forecast of the next value.
  let level: Double
  /// The standard deviation of the errors.
  let deviation: Double

  /// The weights that are tried at once: with 16 lanes, a pass narrows the interval to 2/15 of its width.
  private typealias Lanes = SIMD16<Double>
  private static let passes = 10

  /// - Parameter y: at least one value.
  init(_ y: [Double]) {
    var (low, width) = (0.0, 1.0)
    var best = 0.0
    for _ in 0..<Self.passes {
      let alphas = Self.alphas(from: low, width: width)
      let errors = Self.squaredErrors(y, alphas)
      let lane = (0..<Lanes.scalarCount).min { errors[$0] < errors[$1] } ?? 0
      best = alphas[lane]
      let step = width / Double(Lanes.scalarCount - 1)
      low = max(0, best - step)
      width = min(1, best + step) - low
    }
    alpha = best
    var (level, squares) = (y.first ?? 0, 0.0)
    for value in y {
      let error = value - level
      squares += error * error
      level += best * error
    }
    self.level = level
    deviation = (squares / Double(max(1, y.count - 1))).squareRoot()
  }

  private static func alphas(from low: Double, width: Double) -> Lanes {
    var lanes = Lanes()
    for lane in 0..<Lanes.scalarCount {
      lanes[lane] = low + width * Double(lane) / Double(Lanes.scalarCount - 1)
    }
    return lanes
  }

  /// The sum of the squared one-step errors for each weight.
  private static func squaredErrors(_ y: [Double], _ alphas: Lanes) -> Lanes {
    var level = Lanes(repeating: y.first ?? 0)
    var sum = Lanes()
    for value in y {
      let error = Lanes(repeating: value) - level
      sum += error * error
      level += alphas * error
    }
    return sum
  }
}
