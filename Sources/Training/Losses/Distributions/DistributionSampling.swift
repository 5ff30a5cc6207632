// Random values of the distributions.
//
//   Student's t          normal / sqrt(chi-square / degrees of freedom)
//   negative binomial    a Poisson number whose mean is gamma distributed
//   gamma                Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, 2000
//   Poisson              below 10 by multiplication (Knuth), else Hoermann's PTRS, The Transformed Rejection Method for
//                        Generating Poisson Random Variables, 1993

import Glibc
import RandomNumbers

extension ForecastDistribution {
  /// A random value.
  /// - Parameters:
  ///   - outputs: the network's outputs for one target.
  ///   - divisor: of a count, what the inputs were divided by.
  public func sample(
    _ outputs: ArraySlice<Float>, divisor: Double = 1, _ random: inout RandomStream
  ) -> Double {
    var o = SIMD3<Double>.zero
    for (number, value) in outputs.prefix(self.outputs).enumerated() { o[number] = Double(value) }
    switch self {
    case .normal: return o[0] + (softplus(o[1]) + Self.least) * random.normal()
    case .studentT:
      let freedom = 2 + softplus(o[2])
      let spread = (random.gamma(shape: freedom / 2) * 2 / freedom).squareRoot()
      return o[0] + (softplus(o[1]) + Self.least) * random.normal() / spread
    case .negativeBinomial:
      let (mean, shape) = countParameters(o, divisor)
      return random.poisson(mean: random.gamma(shape: 1 / shape) * shape * mean)
    }
  }
}

extension RandomStream {
  /// A gamma distributed number with scale 1.
  fileprivate mutating func gamma(shape: Double) -> Double {
    guard shape >= 1 else {
      // A number of shape + 1, times a power of a uniform one.
      return gamma(shape: shape + 1) * pow(1 - uniform(), 1 / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      if log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }

  /// A Poisson distributed number.
  fileprivate mutating func poisson(mean: Double) -> Double {
    guard mean >= 10 else { return smallPoisson(mean) }
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverse = 1.1239 + 1.1328 / (b - 3.4)
    let limit = 0.9277 - 3.6224 / (b - 2)
    while true {
      let (u, v) = (uniform() - 0.5, 1 - uniform())
      let us = 0.5 - abs(u)
      let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
      if us >= 0.07, v <= limit { return k }
      if k < 0 || us < 0.013 && v > us { continue }
      if log(v * inverse / (a / (us * us) + b)) <= k * log(mean) - mean - logGamma(k + 1) { return k }
    }
  }

  private mutating func smallPoisson(_ mean: Double) -> Double {
    let limit = exp(-mean)
    var (product, count) = (1 - uniform(), 0.0)
    while product > limit {
      product *= 1 - uniform()
      count += 1
    }
    return count
  }
}
