// The negative log likelihoods of distributions, and their derivatives with respect to the network's outputs, in double
// precision.
//
//   student_t    log G(d / 2) - log G((d + 1) / 2) + log(d pi) / 2 + log w + (d + 1) / 2 log(1 + z^2 / d)
//                of z = (y - location) / w
//   normal       z^2 / 2 + log w + log(2 pi) / 2
//   negative     log G(y + 1) + log G(r) - log G(y + r) - r log(r / (r + m)) - y log(m / (r + m)),    r = 1 / a
//   binomial

import Glibc

/// A negative log likelihood, and its derivatives with respect to up to three outputs.
public struct Likelihood {
  /// Its value.
  public let loss: Double
  /// The derivatives; 0 for outputs that the distribution doesn't have.
  public let gradient: SIMD3<Double>
}

extension ForecastDistribution {
  /// The negative log likelihood of a value.
  /// - Parameters:
  ///   - outputs: the network's outputs; those that the distribution doesn't have are not used.
  ///   - divisor: of a count, what the inputs were divided by.
  public func likelihood(_ outputs: SIMD3<Double>, of y: Double, divisor: Double) -> Likelihood {
    switch self {
    case .studentT: studentT(outputs, y)
    case .normal: normal(outputs, y)
    case .negativeBinomial: negativeBinomial(outputs, y, divisor)
    }
  }

  private func studentT(_ o: SIMD3<Double>, _ y: Double) -> Likelihood {
    let (scale, freedom) = (softplus(o[1]) + Self.least, 2 + softplus(o[2]))
    let z = (y - o[0]) / scale
    let share = z * z / freedom
    let half = (freedom + 1) / 2
    let loss =
      logGamma(freedom / 2) - logGamma(half) + 0.5 * log(freedom * .pi) + log(scale) + half * log1p(share)
    // The derivative with respect to z.
    let slope = (freedom + 1) * z / (freedom * (1 + share))
    let ofFreedom =
      0.5 * (digamma(freedom / 2) - digamma(half) + 1 / freedom + log1p(share)) - half * share
      / (freedom * (1 + share))
    return Likelihood(
      loss: loss,
      gradient: [-slope / scale, (1 - slope * z) / scale * logistic(o[1]), ofFreedom * logistic(o[2])])
  }

  private func normal(_ o: SIMD3<Double>, _ y: Double) -> Likelihood {
    let scale = softplus(o[1]) + Self.least
    let z = (y - o[0]) / scale
    return Likelihood(
      loss: 0.5 * z * z + log(scale) + 0.5 * log(2 * Double.pi),
      gradient: [-z / scale, (1 - z * z) / scale * logistic(o[1]), 0])
  }

  private func negativeBinomial(_ o: SIMD3<Double>, _ y: Double, _ divisor: Double) -> Likelihood {
    let (mean, shape) = countParameters(o, divisor)
    let r = 1 / shape
    let (success, failure) = (log(mean / (r + mean)), -log1p(mean * shape))
    let loss = logGamma(y + 1) + logGamma(r) - logGamma(y + r) - r * failure - y * success
    let ofMean = (y + r) / (r + mean) - y / mean
    let ofR = digamma(r) - digamma(y + r) - failure - 1 + (r + y) / (r + mean)
    return Likelihood(
      loss: loss,
      gradient: [
        ofMean * divisor * logistic(o[0]), -ofR * r * r / divisor.squareRoot() * logistic(o[1]), 0,
      ])
  }

  /// The mean and the shape of counts.
  func countParameters(_ o: SIMD3<Double>, _ divisor: Double) -> (mean: Double, shape: Double) {
    (divisor * (softplus(o[0]) + Self.least), (softplus(o[1]) + Self.least) / divisor.squareRoot())
  }
}

extension Loss {
  /// The mean over a row's targets of their negative log likelihoods; writes `scale` times the gradient.
  func distributionLoss(_ rows: LossRows, _ row: Int, _ scale: Float) -> Double {
    guard let distribution else { return .nan }
    let (count, each) = (distribution.outputs, distribution.valuesPerTarget)
    let targets = rows.targets.columns / each
    let factor = Double(scale) / Double(targets)
    var sum = 0.0
    for target in 0..<targets {
      var outputs = SIMD3<Double>.zero
      for number in 0..<count { outputs[number] = Double(rows.output[row, target * count + number]) }
      let result = distribution.likelihood(
        outputs, of: Double(rows.targets[row, target * each]),
        divisor: each == 1 ? 1 : Double(rows.targets[row, target * each + 1]))
      sum += result.loss
      for number in 0..<count {
        rows.gradient?[row, target * count + number] = Float(result.gradient[number] * factor)
      }
    }
    return sum / Double(targets)
  }
}
