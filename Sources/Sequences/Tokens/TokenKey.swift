// The key by which the token table finds a token.

/// The bytes themselves and their count if there are at most fifteen; else a hash of them.
struct TokenKey: Equatable, Sendable {
  /// The first eight bytes, first byte lowest, or a hash.
  var low: UInt64 = 0
  /// The following bytes, with the count in the highest byte; or `hashed` and the count. Not zero for a
  /// token.
  var high: UInt64 = 0

  private static let maxKeyBytes = 15
  private static let hashed: UInt64 = 1 << 63

  /// Not zero if the key is a hash and doesn't determine the bytes.
  @inline(__always)
  var isHashed: UInt64 { high & Self.hashed }
}

extension TokenKey {
  /// - Parameters:
  ///   - low: the first eight bytes, or fewer.
  ///   - rest: up to seven more.
  @inline(__always)
  init(low: UInt64, rest: UInt64 = 0, count: Int) {
    self.init(low: low, high: rest | UInt64(truncatingIfNeeded: count) << 56)
  }

  /// The key of the bytes of `text` from `start` to `end`.
  init(of text: Span<UInt8>, start: Int, end: Int) {
    let count = end - start
    if count <= Self.maxKeyBytes {
      let middle = min(end, start + 8)
      self.init(
        low: Self.packed(text, start, middle), rest: Self.packed(text, middle, end), count: count)
    } else {
      self.init(low: Self.hash(text, start, end), high: Self.hashed | UInt64(count))
    }
  }

  private static func packed(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
    var word: UInt64 = 0
    var index = end
    while index > start {
      index -= 1
      word = word << 8 | UInt64(text[index])
    }
    return word
  }

  /// A hash of more than eight bytes, eight at a time; the last eight may overlap those before them.
  private static func hash(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
    var hash: UInt64 = 0
    var position = start
    while position < end - 8 {
      hash = mix(hash ^ text.word(at: position))
      position += 8
    }
    return mix(hash ^ text.word(at: end - 8))
  }

  /// Mixes the bits of a word; the mapping is one-to-one.
  private static func mix(_ word: UInt64) -> UInt64 {
    let product = (word ^ word >> 32) &* 0x9E37_79B9_7F4A_7C15
    return (product ^ product >> 29) &* 0xBF58_476D_1CE4_E5B9
  }
}
