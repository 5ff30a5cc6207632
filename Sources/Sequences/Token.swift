// A token in a text, and the key by which the table finds it.

/// A token's place in a text, and its key.
struct Token: Sendable {
  var key = TokenKey()
  var start = 0
  var end = 0

  var count: Int { end - start }
}

/// The bytes themselves and their count, where they are at most fifteen; else a hash of them.
struct TokenKey: Equatable, Sendable {
  /// The first eight bytes, first byte lowest, or a hash.
  var low: UInt64 = 0
  /// The bytes behind them, and the count in the highest byte; or `hashed` and the count. Never zero.
  var high: UInt64 = 0

  private static let mostBytes = 15
  private static let hashed: UInt64 = 1 << 63

  /// Not zero where the key doesn't say all that the bytes say.
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
    if count <= Self.mostBytes {
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

  /// Spreads a word's bits over all of it; no two words give the same.
  private static func mix(_ word: UInt64) -> UInt64 {
    let product = (word ^ word >> 32) &* 0x9E37_79B9_7F4A_7C15
    return (product ^ product >> 29) &* 0xBF58_476D_1CE4_E5B9
  }
}

extension Token {
  /// The bytes of `text` from `start` to `end` as one token.
  init(of text: Span<UInt8>, from start: Int, to end: Int) {
    self.init(key: TokenKey(of: text, start: start, end: end), start: start, end: end)
  }

  /// All of `bytes` as one token.
  init(_ bytes: Span<UInt8>) { self.init(of: bytes, from: 0, to: bytes.count) }
}

extension Span<UInt8> {
  /// The eight bytes from `position` on, the first one lowest. Traps where they aren't all there.
  @inline(__always)
  func word(at position: Int) -> UInt64 {
    // Not unsafe for integers: the place is checked, and all bits mean a number.
    UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
  }
}

/// Some tokens of a text, one after another, and their places in a table.
struct TokenBlock: Sendable {
  /// How many tokens are handled together: enough for the memory's latency to overlap, few enough for the
  /// first cache.
  static let capacity = 256

  var tokens = [Token](repeating: Token(), count: capacity)
  /// The tokens' places in a table, -1 for tokens that it doesn't have.
  var places = [Int32](repeating: -1, count: capacity)
  /// How many tokens there are.
  var count = 0
}
