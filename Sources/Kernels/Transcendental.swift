// exp, tanh and the logistic sigmoid on 16 floats. For every float32 input whose result is at least 2^-126, the
// smallest ordinary float, the error is at most 4 units in the last place; smaller results of exp and sigmoid
// may be 0 instead. NaN stays NaN, and infinities give the limits. Tests/KernelsTests scans all 2^32 inputs.
//
// The polynomial is that of the Cephes library (S. Moshier, expf.c); the range reduction
// takes log 2 in two parts so that x - n log 2 is exact, and builds 2^n from the bits of n.

/// e^x for x in [-87, 89]; infinity already from 88.38 on, where 2^n is none of the ordinary floats.
@inline(__always)
func expInRange(_ x: Lanes) -> Lanes {
  let (mantissa, n) = expParts(x)
  return mantissa * powerOfTwo(n)
}

/// e^x; 0 below -87.33, where results would be denormal, and infinity above 88.72.
@inline(__always)
func exp(_ x: Lanes) -> Lanes {
  let largest: Float = 88.72284
  let smallest: Float = -87.33655
  // n reaches 128, one more than a float's exponent can say, so 2^n is applied in two factors.
  let (mantissa, n) = expParts(clamp(x, smallest, largest))
  let low = n &>> 1
  let result = mantissa * powerOfTwo(low) * powerOfTwo(n &- low)
  return result.replacing(with: Lanes(repeating: .infinity), where: x .> largest)
    .replacing(with: Lanes(repeating: 0), where: x .< smallest)
}

/// 1 / (1 + e^-x); 0 below -88.38, where e^-x counts as infinite.
@inline(__always)
func sigmoid(_ x: Lanes) -> Lanes {
  1 / (1 + expInRange(clamp(-x, -87, 89)))
}

/// tanh x = (e^2x - 1) / (e^2x + 1), told from E = e^2x - 1, which keeps its digits near zero: with
/// e^2x = 2^n e^r, E = 2^n (e^r - 1) + (2^n - 1).
@inline(__always)
func tanh(_ x: Lanes) -> Lanes {
  // From 2x = 19 on, tanh x is 1 to the last place.
  let (r, n) = reduce(clamp(x + x, -19, 19))
  let scale = powerOfTwo(n)
  let e = (scale - 1).plus(scale, times: r.plus(exponentialTail(r), times: r * r))
  return e / (e + 2)
}

/// e^x as a mantissa near 1 and a power n of two.
@inline(__always)
private func expParts(_ x: Lanes) -> (mantissa: Lanes, power: SIMD16<Int32>) {
  let (r, n) = reduce(x)
  return ((r + 1).plus(exponentialTail(r), times: r * r), n)
}

/// x = n log 2 + r with |r| at most half of log 2.
@inline(__always)
private func reduce(_ x: Lanes) -> (r: Lanes, n: SIMD16<Int32>) {
  // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits of the sum.
  let magic: Float = 12_582_912
  let shifted = Lanes(repeating: magic).plus(x, times: Lanes(repeating: 1.442695040888963))
  let n = shifted - magic
  let r = x.plus(n, times: Lanes(repeating: -0.693359375)).plus(n, times: Lanes(repeating: 2.12194440e-4))
  return (r, unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- 0x4B40_0000)
}

/// (e^r - 1 - r) / r^2.
@inline(__always)
private func exponentialTail(_ r: Lanes) -> Lanes {
  var p = Lanes(repeating: 1.3981999507e-3).plus(Lanes(repeating: 1.9875691500e-4), times: r)
  p = Lanes(repeating: 8.3334519073e-3).plus(p, times: r)
  p = Lanes(repeating: 4.1665795894e-2).plus(p, times: r)
  p = Lanes(repeating: 1.6666665459e-1).plus(p, times: r)
  return Lanes(repeating: 5.0000001201e-1).plus(p, times: r)
}

/// 2^n for n in [-126, 127].
@inline(__always)
private func powerOfTwo(_ n: SIMD16<Int32>) -> Lanes {
  unsafeBitCast((n &+ 127) &<< 23, to: Lanes.self)
}

/// Compare and replace: `pointwiseMin` and `pointwiseMax` are calls, these become two instructions. NaN stays.
@inline(__always)
func clamp(_ x: Lanes, _ low: Float, _ high: Float) -> Lanes {
  let below = x.replacing(with: Lanes(repeating: low), where: x .< low)
  return below.replacing(with: Lanes(repeating: high), where: below .> high)
}
