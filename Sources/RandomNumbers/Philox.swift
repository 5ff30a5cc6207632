// Counter-based random numbers: the n-th number of a stream is a function of (seed, stream, n) alone.
// So a shuffle, a dropout mask or a synthetic series is the same on every machine, for any number of
// threads, and a resumed run goes on from the same place without carrying generator state.
//
// Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011 (Philox4x32-10).

/// The Philox4x32-10 block function.
public enum Philox {
  /// Four random words for `counter` under `key`.
  @inlinable
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var state = counter
    var roundKey = key
    for _ in 0..<10 {
      let low = UInt64(state[0]) &* 0xD251_1F53
      let high = UInt64(state[2]) &* 0xCD9E_8D57
      state = SIMD4(
        UInt32(truncatingIfNeeded: high >> 32) ^ state[1] ^ roundKey[0],
        UInt32(truncatingIfNeeded: high),
        UInt32(truncatingIfNeeded: low >> 32) ^ state[3] ^ roundKey[1],
        UInt32(truncatingIfNeeded: low))
      roundKey &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return state
  }
}

/// A random stream named by a seed and a stream number, read in order or at any position.
public struct RandomStream: RandomNumberGenerator, Sendable {
  @usableFromInline let key: SIMD2<UInt32>
  @usableFromInline let stream: UInt64
  @usableFromInline var position: UInt64 = 0
  private var pending: UInt64?

  /// - Parameters:
  ///   - seed: the user's seed.
  ///   - stream: which independent stream of that seed; purposes and epochs take different numbers.
  public init(seed: UInt64, stream: UInt64 = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream
  }

  /// The four words of block `index` of this stream, wherever reading stands.
  @inlinable
  public func block(_ index: UInt64) -> SIMD4<UInt32> {
    Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)), key: key)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    if let value = pending {
      pending = nil
      return value
    }
    let words = block(position)
    position &+= 1
    pending = UInt64(words[2]) | UInt64(words[3]) << 32
    return UInt64(words[0]) | UInt64(words[1]) << 32
  }

  /// Uniform in [0, 1), 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in [0, bound), without bias.
  public mutating func index(below bound: Int) -> Int {
    // Lemire, "Fast Random Integer Generation in an Interval", 2019: reject the short first interval.
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// A random order of 0..<count (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, index(below: last + 1)) }
    return order
  }
}
