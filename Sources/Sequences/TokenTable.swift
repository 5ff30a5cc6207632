// The tokens of a vocabulary: a hash table with open addressing over byte strings, numbered by first sight.

/// Byte strings numbered from 0 in the order in which they were added.
struct TokenTable: Sendable {
  private struct Slot {
    var key: UInt64 = 0
    var count: Int32 = 0
    /// The token's number, -1 where the slot is free.
    var index: Int32 = -1
  }

  /// The most tokens a vocabulary may have, far enough below what a 32-bit id can count.
  static let capacity = 1 << 30

  /// An odd factor, drawn anew by each process so that no input is slow by design. It decides where a token
  /// lies in the table and nothing else.
  private static let factor = UInt64.random(in: 0...UInt64.max) | 1

  private let factor = Self.factor
  private var slots = [Slot](repeating: Slot(), count: 1 << 10)
  private var shift = UInt64(64 - 10)
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// How many tokens there are.
  var count: Int { ends.count }
  /// All tokens' bytes, one after another.
  var values: [UInt8] { bytes }
  /// The length of each token.
  var lengths: [Int32] { ends.indices.map { Int32(range($0).count) } }

  /// The bytes of token `index`.
  subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

  private func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }
}

// MARK: - Finding and adding

extension TokenTable {
  /// The number of `token`, whose bytes stand in `text`; -1 where the table doesn't have it.
  @inline(__always)
  func find(_ token: Token, in text: Span<UInt8>) -> Int32 {
    slots[place(of: token, in: text)].index
  }

  /// The number of `token`, which is added where the table doesn't have it.
  @inline(__always)
  mutating func insert(_ token: Token, in text: Span<UInt8>) -> Int {
    let place = place(of: token, in: text)
    let index = slots[place].index
    return index >= 0 ? Int(index) : add(token, in: text, at: place)
  }

  /// The number of the token that is all of `bytes`, which is added where the table doesn't have it.
  mutating func insert(_ bytes: ArraySlice<UInt8>) -> Int { insert(Token(bytes.span), in: bytes.span) }

  /// The slot that holds the token, or the free one where it belongs.
  @inline(__always)
  private func place(of token: Token, in text: Span<UInt8>) -> Int {
    let mask = slots.count - 1
    var place = home(token.key)
    while true {
      let slot = slots[place]
      if slot.index < 0 { return place }
      if slot.key == token.key, Int(slot.count) == token.count {
        if token.isPacked || isEqual(Int(slot.index), token, in: text) { return place }
      }
      place = (place + 1) & mask
    }
  }

  @inline(__always)
  private func home(_ key: UInt64) -> Int { Int(((key ^ key >> 32) &* factor) >> shift) }

  private func isEqual(_ index: Int, _ token: Token, in text: Span<UInt8>) -> Bool {
    let start = range(index).lowerBound
    for offset in 0..<token.count where bytes[start + offset] != text[token.start + offset] { return false }
    return true
  }

  @inline(never)
  private mutating func add(_ token: Token, in text: Span<UInt8>, at place: Int) -> Int {
    let index = ends.count
    for position in token.start..<token.end { bytes.append(text[position]) }
    ends.append(bytes.count)
    slots[place] = Slot(key: token.key, count: Int32(token.count), index: Int32(index))
    if ends.count * 4 > slots.count * 3 { grow() }
    return index
  }

  /// Doubles the slots, so that at most three quarters are taken: a small table stays in the cache.
  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count * 2)
    shift -= 1
    for slot in old where slot.index >= 0 {
      var place = home(slot.key)
      while slots[place].index >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = slot
    }
  }
}
