// exp, tanh and the logistic sigmoid on 16 floats. For every float32 input whose result is at least 2^-126, the
// smallest ordinary float, the error is at most 4 units in the last place; smaller results of exp and sigmoid
// may be 0 instead. NaN stays NaN, and infinities give the limits. Tests/KernelsTests scans all 2^32 inputs.
//
// e^x = 2^n e^r with |r| at most half of log 2. The range reduction takes log 2 in two parts, as Cephes does
// (S. Moshier, expf.c), so that r has all its digits for large n too; 2^n is built from the bits of n. The
// polynomial is the one of its degree whose largest error, relative to e^r, is least: 0.06 units in the last place.

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

/// 1 / (1 + e^-x); 0 below -88.38, where 2^n is infinite.
@inline(__always)
func sigmoid(_ x: Lanes) -> Lanes {
  let (mantissa, n) = expParts(clamp(-x, -87, 89))
  return 1 / Lanes(repeating: 1).plus(mantissa, times: powerOfTwo(n))
}

/// tanh x = (e^2x - 1) / (e^2x + 1), told from E = e^2x - 1, which keeps its digits near zero: with
/// e^2x = 2^n e^r, E = 2^n (e^r - 1) + (2^n - 1).
@inline(__always)
func tanh(_ x: Lanes) -> Lanes {
  // From 2x = 19 on, tanh x is 1 to the last place.
  let (r, n) = reduceShort(clamp(x + x, -19, 19))
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
  let (whole, n) = nearestPower(x)
  let r = x.plus(whole, times: Lanes(repeating: -0.693359375))
  return (r.plus(whole, times: Lanes(repeating: 2.12194440e-4)), n)
}

/// The same for a small n, or where the result hardly depends on r for a large one.
@inline(__always)
private func reduceShort(_ x: Lanes) -> (r: Lanes, n: SIMD16<Int32>) {
  let (whole, n) = nearestPower(x)
  return (x.plus(whole, times: Lanes(repeating: -0.6931471805599453)), n)
}

/// The whole number n nearest to x / log 2.
@inline(__always)
private func nearestPower(_ x: Lanes) -> (whole: Lanes, n: SIMD16<Int32>) {
  // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits of the sum.
  let magic: Float = 12_582_912
  let shifted = Lanes(repeating: magic).plus(x, times: Lanes(repeating: 1.442695040888963))
  return (shifted - magic, unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- 0x4B40_0000)
}

/// (e^r - 1 - r) / r^2.
@inline(__always)
private func exponentialTail(_ r: Lanes) -> Lanes {
  var p = Lanes(repeating: 0.008368745).plus(Lanes(repeating: 0.001381454), times: r)
  p = Lanes(repeating: 0.04166839).plus(p, times: r)
  p = Lanes(repeating: 0.16666521).plus(p, times: r)
  return Lanes(repeating: 0.49999994).plus(p, times: r)
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
