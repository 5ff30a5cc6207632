// The tail of the chi-square distribution: the regularized upper incomplete gamma function (Numerical Recipes, section 6.2),
// as a series for small arguments and as a continued fraction for large ones.

import Glibc

/// The probability that a chi-square variable with so many degrees of freedom is at least `value`; 1 without any.
public func chiSquareTail(_ value: Double, degrees: Int) -> Double {
  guard degrees > 0, value > 0 else { return 1 }
  guard value.isFinite else { return value.isNaN ? .nan : 0 }
  let (a, x) = (Double(degrees) / 2, value / 2)
  return x < a + 1 ? 1 - lowerGamma(a, x) : upperGamma(a, x)
}

/// How many terms are enough: the series needs a few times the square root of `a`.
private func mostTerms(_ a: Double) -> Int { 200 + Int(20 * min(a, 1e8).squareRoot()) }

/// P(a, x) = e^-x x^a sum_n x^n / (a (a + 1) ... (a + n)) / Gamma(a).
private func lowerGamma(_ a: Double, _ x: Double) -> Double {
  var (term, sum) = (1 / a, 1 / a)
  for n in 1...mostTerms(a) {
    term *= x / (a + Double(n))
    sum += term
    if term < sum * 1e-17 { break }
  }
  return sum * exp(-x + a * log(x) - lgamma(a))
}

/// Q(a, x), by Lentz's method.
private func upperGamma(_ a: Double, _ x: Double) -> Double {
  var b = x + 1 - a
  var c = 1 / Double.leastNormalMagnitude
  var d = 1 / b
  var fraction = d
  for n in 1...mostTerms(a) {
    let step = -Double(n) * (Double(n) - a)
    b += 2
    d = 1 / nonzero(step * d + b)
    c = nonzero(b + step / c)
    fraction *= d * c
    if abs(d * c - 1) < 1e-16 { break }
  }
  return exp(-x + a * log(x) - lgamma(a)) * fraction
}

private func nonzero(_ value: Double) -> Double {
  abs(value) < .leastNormalMagnitude ? .leastNormalMagnitude : value
}
