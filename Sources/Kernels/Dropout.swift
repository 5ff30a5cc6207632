// Dropout masks from a counter-based generator: whether an element is kept is a function of only the seed, the
// training step, the row, the time step and the unit, so masks don't depend on threads or shards. One bit per
// element is stored for the backward pass: drawing it again takes more time than reading it.
//
// The generator is Philox4x32 (Salmon et al., SC 2011), here with 16 lanes and 7 rounds, which according to the
// paper pass all of its statistical tests.

import CPUTarget

/// What a dropout mask depends on besides its position in the batch.
public struct DropoutKey: Sendable {
  let seed: UInt32
  let layer: UInt32
  let step: UInt32

  /// - Parameters:
  ///   - seed: the run's seed, folded to 32 bits.
  ///   - layer: the layer's number.
  ///   - step: the optimizer step.
  public init(seed: UInt64, layer: Int, step: Int) {
    self.seed = UInt32(truncatingIfNeeded: seed ^ (seed >> 32))
    self.layer = UInt32(truncatingIfNeeded: layer)
    self.step = UInt32(truncatingIfNeeded: step)
  }
}

/// The bits of one step's mask: 16 for each vector of 16 elements, row after row.
public struct DropoutMask {
  let base: UnsafeMutablePointer<UInt16>
}

extension Buffer where Scalar == UInt16 {
  /// The mask of `vectors` vectors, starting at vector `offset`.
  public func mask(at offset: Int, vectors: Int) -> DropoutMask {
    guard offset >= 0, vectors >= 0, offset + vectors <= count else { fatalError("mask outside the buffer") }
    return DropoutMask(base: base + offset)
  }
}

/// `result = mask * values / (1 - rate)`; each element is kept with probability 1 - rate. The rows are rows
/// `firstRow...` of the batch at time step `time`. Also writes the mask.
public func dropout(
  _ values: Matrix, rate: Float, key: DropoutKey, firstRow: Int, time: Int, _ mask: DropoutMask,
  into result: Matrix
) {
  let factor = 1 / (1 - rate)
  let position = MaskPosition(firstRow: firstRow, rows: values.rows, vectors: values.stride / 16, time: time)
  drawBits(rate: rate, key: key, position) { index, kept in
    mask.base[index] = kept
    (result.base + index * 16).lanes = cpu_lanes_of(kept, (values.base + index * 16).lanes * factor)
  }
}

/// `result = mask * gradient / (1 - rate)`, with the mask written by `dropout`.
public func dropoutBackward(_ gradient: Matrix, rate: Float, _ mask: DropoutMask, into result: Matrix) {
  let factor = 1 / (1 - rate)
  for index in 0..<gradient.rows * gradient.stride / 16 {
    let lanes = (gradient.base + index * 16).lanes * factor
    (result.base + index * 16).lanes = cpu_lanes_of(mask.base[index], lanes)
  }
}

/// The elements that a mask covers: rows `firstRow...` of the batch, `vectors` vectors each, at one time step.
struct MaskPosition {
  let firstRow: Int
  let rows: Int
  let vectors: Int
  let time: Int
}

/// Calls `body` with the index of each vector and one bit per element: whether it is kept.
@inline(__always)
func drawBits(rate: Float, key: DropoutKey, _ position: MaskPosition, _ body: (Int, UInt16) -> Void) {
  let threshold = SIMD16(repeating: UInt32(min(Double(rate) * 4_294_967_296, 4_294_967_295)))
  var words = InlineArray<4, SIMD16<UInt32>>(repeating: SIMD16(repeating: 0))
  // The vectors of all rows are numbered, and four consecutive ones share a draw, whatever the width of a row.
  let first = position.firstRow * position.vectors
  var drawn = -1
  for index in 0..<position.rows * position.vectors {
    let number = first + index
    if number / 4 != drawn {
      drawn = number / 4
      words = randomWords(key, draw: drawn, time: position.time)
    }
    body(index, cpu_at_least(words[number % 4], threshold))
  }
}

/// 64 random words: four vectors of 16.
@inline(__always)
private func randomWords(_ key: DropoutKey, draw: Int, time: Int) -> InlineArray<4, SIMD16<UInt32>> {
  var a = SIMD16<UInt32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  var b = SIMD16<UInt32>(repeating: UInt32(truncatingIfNeeded: time))
  var c = SIMD16<UInt32>(repeating: UInt32(truncatingIfNeeded: draw))
  var d = SIMD16<UInt32>(repeating: key.step)
  var k0 = key.seed
  var k1 = key.layer
  for _ in 0..<7 {
    let (highA, lowA) = wideProduct(a, 0xD251_1F53)
    let (highC, lowC) = wideProduct(c, 0xCD9E_8D57)
    (a, b, c, d) = (highC ^ b ^ k0, lowC, highA ^ d ^ k1, lowA)
    k0 &+= 0x9E37_79B9
    k1 &+= 0xBB67_AE85
  }
  return [a, b, c, d]
}

/// The upper and lower halves of each lane's 64-bit product with `factor`; even and odd lanes are multiplied
/// separately because that is how CPUs multiply 32 bits to 64.
@inline(__always)
private func wideProduct(_ x: SIMD16<UInt32>, _ factor: UInt64) -> (high: SIMD16<UInt32>, low: SIMD16<UInt32>)
{
  let lower = SIMD8<UInt64>(repeating: 0xFFFF_FFFF)
  let pairs = unsafeBitCast(x, to: SIMD8<UInt64>.self)
  let even = (pairs & lower) &* factor
  let odd = (pairs &>> 32) &* factor
  let high = (even &>> 32) | (odd & ~lower)
  let low = (even & lower) | (odd &<< 32)
  return (unsafeBitCast(high, to: SIMD16<UInt32>.self), unsafeBitCast(low, to: SIMD16<UInt32>.self))
}
