// The functions behind the activations that are neither tanh nor sigmoid, on 16 floats.
//
// The polynomials were fitted to the exact functions over the given intervals, by least squares with weights
// adjusted until the errors leveled out; each is more accurate than a float can represent.

/// ln(1 + e^x), computed as max(x, 0) + ln(1 + e^-|x|).
@inline(__always)
func softplus(_ x: Lanes) -> Lanes {
  let u = exp(-magnitude(x))
  // ln(1 + u) / u for u in [0, 1].
  let series = polynomial(
    u,
    [
      9.999999993e-01, -4.999998143e-01, 3.333255959e-01, -2.498727043e-01, 1.989074486e-01,
      -1.610568085e-01, 1.241841177e-01, -8.244140998e-02, 4.147793547e-02, -1.340739262e-02,
      2.030213830e-03,
    ])
  return x.replacing(with: Lanes(repeating: 0), where: x .< 0).plus(u, times: series)
}

/// x if positive, else e^x - 1; near zero by a polynomial, because the difference would lose precision.
@inline(__always)
func elu(_ x: Lanes) -> Lanes {
  // (e^x - 1 - x) / x^2 for x in [-1/2, 0].
  let series = polynomial(
    x, [4.999999890e-01, 1.666656230e-01, 4.164995273e-02, 8.238387601e-03, 1.164505011e-03])
  let below = (exp(x) - 1).replacing(with: x.plus(x * x, times: series), where: x .> -0.5)
  return below.replacing(with: x, where: x .> 0)
}

/// The standard normal cumulative distribution function: (1 + erf(x / sqrt 2)) / 2.
///
/// With s = x / sqrt 2: erf s is an odd polynomial up to |s| = 1/2; beyond that, the tail erfc |s| comes from a
/// polynomial for its logarithm, so that small probabilities keep their precision.
@inline(__always)
func normalDistribution(_ x: Lanes) -> Lanes {
  let s = x * 0.70710678118654752
  // erf(s) / s in s^2, for s in [0, 1].
  let near =
    s
    * polynomial(
      s * s,
      [
        1.128379166e+00, -3.761262714e-01, 1.128360018e-01, -2.685444459e-02, 5.189535339e-03,
        -8.020841279e-04, 7.889119528e-05,
      ])
  // ln erfc(s) for s in [1/2, 6].
  let logarithm = polynomial(
    clamp(magnitude(s), 0.5, 6),
    [
      1.109200424e-04, -1.129249635e+00, -6.337415248e-01, -1.080726553e-01, 2.518536825e-02,
      -4.301792446e-03, 4.968207471e-04, -3.422709565e-05, 1.052889201e-06,
    ])
  let tail = 0.5 * exp(logarithm)
  return tail.replacing(with: 1 - tail, where: x .> 0)
    .replacing(with: 0.5 + 0.5 * near, where: magnitude(s) .< 0.5)
}

/// The standard normal density: e^(-x^2 / 2) / sqrt(2 pi).
@inline(__always)
func normalDensity(_ x: Lanes) -> Lanes { 0.39894228040143268 * exp(-0.5 * (x * x)) }

/// |x|.
@inline(__always)
func magnitude(_ x: Lanes) -> Lanes { Lanes(bits: x.bits & 0x7FFF_FFFF) }

/// c_0 + c_1 x + c_2 x^2 + ...
@inline(__always)
private func polynomial<let n: Int>(_ x: Lanes, _ coefficients: InlineArray<n, Float>) -> Lanes {
  var sum = Lanes(repeating: coefficients[n - 1])
  for degree in stride(from: n - 2, through: 0, by: -1) {
    sum = Lanes(repeating: coefficients[degree]).plus(sum, times: x)
  }
  return sum
}
