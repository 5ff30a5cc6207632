// exp, tanh and the logistic sigmoid on 16 floats. For every float32 input whose result is at least 2^-126, the
// smallest normal float, the error is at most 4 units in the last place; smaller results of exp and sigmoid
// may be flushed to 0. NaN stays NaN, and infinities give the limits. Tests/KernelsTests scans all 2^32 inputs.
//
// e^x = 2^n e^r with |r| at most half of log 2, and
//
//   e^r = (q + r) / (q - r)     q = r coth(r / 2) = 2 + r^2 / 6 - r^4 / 360 + ...
//
// q is even in r and needs two coefficients, whereas e^r itself would need six; sigmoid and tanh need the division
// anyway. The coefficients minimize the largest relative error of e^r: 0.01 units in the last place. The range
// reduction splits log 2 into two parts, as Cephes does (S. Moshier, expf.c), so that r is accurate for large n too;
// 2^n is built from the bits of n.

import CPUTarget

/// e^x; 0 below -87.33, where results would be subnormal, and infinity above 88.72.
@inline(__always)
func exp(_ x: Lanes) -> Lanes {
  let largest: Float = 88.72284
  let smallest: Float = -87.33655
  // n reaches 128, one more than a float's exponent can represent, so 2^n is applied as two factors.
  let (r, n) = reduce(clamp(x, smallest, largest))
  let q = cothPart(r)
  let low = n &>> 1
  let result = (q + r) / (q - r) * powerOfTwo(low) * powerOfTwo(n &- low)
  return result.replacing(with: Lanes(repeating: .infinity), where: x .> largest)
    .replacing(with: Lanes(repeating: 0), where: x .< smallest)
}

/// 1 / (1 + e^-x); 0 below -88.38, where e^-x is infinite.
@inline(__always)
func sigmoid(_ x: Lanes) -> Lanes {
  let (top, bottom) = sigmoidParts(x)
  return top / bottom
}

/// (e^2x - 1) / (e^2x + 1).
@inline(__always)
func tanh(_ x: Lanes) -> Lanes {
  let (top, bottom) = tanhParts(x)
  return top / bottom
}

/// sigmoid(x) tanh(y) with a single division; 0 if sigmoid(x) is below 2^-98.
@inline(__always)
func sigmoidTimesTanh(_ x: Lanes, _ y: Lanes) -> Lanes {
  let (sigmoid, tanh) = (sigmoidParts(x), tanhParts(y))
  return (sigmoid.top * tanh.top) / (sigmoid.bottom * tanh.bottom)
}

/// 1 / (1 + e^-x) as the fraction top / (top + rest), for several of which one division is enough: rest = e^-x top.
///
/// - Parameter least: the lowest x, at least -88; lower ones count as this.
@inline(__always)
func sigmoidFraction(_ x: Lanes, least: Float) -> (top: Lanes, rest: Lanes) {
  let (r, n) = reduce(clamp(x, least, 87))
  let q = cothPart(r)
  return (q + r, (q - r) * powerOfTwo(0 &- n))
}

/// 1 / (1 + e^-x) = (q + r) / ((q + r) + 2^-n (q - r)).
@inline(__always)
private func sigmoidParts(_ x: Lanes) -> (top: Lanes, bottom: Lanes) {
  let (r, n) = reduce(clamp(x, -89, 87))
  let q = cothPart(r)
  let top = q + r
  return (top, top.plus(q - r, times: powerOfTwo(0 &- n)))
}

/// With 2x = n log 2 + 2r and q = r coth r, half of the q above: e^2x - 1 and e^2x + 1, both multiplied by q - r, are
/// 2^n (q + r) - (q - r) = (2^n - 1) q + (2^n + 1) r, which stays accurate near zero, and
/// (2^n + 1) q + (2^n - 1) r.
@inline(__always)
private func tanhParts(_ x: Lanes) -> (top: Lanes, bottom: Lanes) {
  // Above 9.5, tanh x rounds to 1. So n is small, and if it isn't, the error of r hardly matters.
  let within = clamp(x, -9.5, 9.5)
  let (rounded, n) = roundedToInteger(within, times: 2.885390081777927)
  let r = within.plus(rounded, times: Lanes(repeating: -0.34657359027997264))
  let q = even(r, 1, 0.333332359790802, -0.0221277102828026)
  let power = powerOfTwo(n)
  let (less, more) = (power - 1, power + 1)
  return ((more * r).plus(less, times: q), (less * r).plus(more, times: q))
}

/// x = n log 2 + r with |r| at most half of log 2.
@inline(__always)
private func reduce(_ x: Lanes) -> (r: Lanes, n: SIMD16<Int32>) {
  let (rounded, n) = roundedToInteger(x, times: 1.442695040888963)
  let r = x.plus(rounded, times: Lanes(repeating: -0.693359375))
  return (r.plus(rounded, times: Lanes(repeating: 2.12194440e-4)), n)
}

/// The integer nearest to x times `factor`.
@inline(__always)
private func roundedToInteger(_ x: Lanes, times factor: Float) -> (rounded: Lanes, n: SIMD16<Int32>) {
  // Adding 1.5 * 2^23 leaves the nearest integer in the low bits of the sum.
  let magic: Float = 12_582_912
  let shifted = Lanes(repeating: magic).plus(x, times: Lanes(repeating: factor))
  return (shifted - magic, unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- 0x4B40_0000)
}

/// r coth(r / 2).
@inline(__always)
private func cothPart(_ r: Lanes) -> Lanes { even(r, 2, 0.166666179895401, -0.0027659637853503227) }

/// a + b r^2 + c r^4.
@inline(__always)
private func even(_ r: Lanes, _ a: Float, _ b: Float, _ c: Float) -> Lanes {
  let square = r * r
  return Lanes(repeating: a).plus(Lanes(repeating: b).plus(square, times: Lanes(repeating: c)), times: square)
}

/// 2^n for n in [-126, 127].
@inline(__always)
private func powerOfTwo(_ n: SIMD16<Int32>) -> Lanes {
  unsafeBitCast((n &+ 127) &<< 23, to: Lanes.self)
}

/// x limited to [low, high]; NaN stays NaN.
@inline(__always)
func clamp(_ x: Lanes, _ low: Float, _ high: Float) -> Lanes {
  cpu_clamp(x, Lanes(repeating: low), Lanes(repeating: high))
}
