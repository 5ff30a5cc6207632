// Random streams: the n-th number of a stream is a function of (seed, stream, n) alone. So a shuffle, a
// dropout mask or a synthetic series is the same on every machine and for any number of threads, and a
// resumed run continues at the same position without saving generator state.

/// A random stream identified by a seed and a stream number; it can be read in order or at any position.
public struct RandomStream: RandomNumberGenerator, Sendable {
  @usableFromInline let key: SIMD2<UInt32>
  @usableFromInline let stream: UInt64
  @usableFromInline var position: UInt64 = 0
  private var pending: UInt64?

  /// - Parameters:
  ///   - seed: the user's seed.
  ///   - stream: selects one of the seed's independent streams; each purpose and epoch has its own number.
  public init(seed: UInt64, stream: UInt64 = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream
  }

  /// The four words of block `index`, regardless of the current position.
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

  /// A uniform number in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A uniform integer in [0, bound), without bias.
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

  /// A random permutation of 0..<count (Fisher-Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, index(below: last + 1)) }
    return order
  }
}
