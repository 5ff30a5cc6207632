// The tokens of a vocabulary: a hash table of byte strings with open addressing, numbered in insertion order.

/// Byte strings (entries) numbered from 0 in insertion order.
///
/// The hash table holds only entry numbers, and keys are stored in their order: frequent tokens, which occur
/// early, are close together, and what most lookups need stays in the L2 cache.
struct TokenTable: Sendable {
  /// The maximum number of tokens in a vocabulary, well below the range of 32-bit ids.
  static let capacity = 1 << 30

  /// An odd factor, random in each process so that no input can be crafted to be slow. It only affects the
  /// slots of tokens.
  private static let factor = UInt64.random(in: 0...UInt64.max) | 1

  private let factor = Self.factor
  /// The entry number plus 1; 0 for a free slot.
  private var slots = [Int32](repeating: 0, count: 1 << 10)
  private var shift = UInt64(64 - 10)
  /// The tokens' keys, after one that no token has.
  private var keys = [TokenKey()]
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// The number of tokens.
  var count: Int { ends.count }
  /// The bytes of all tokens, concatenated.
  var values: [UInt8] { bytes }
  /// The length of each token.
  var lengths: [Int32] { ends.indices.map { Int32(range($0).count) } }

  /// The bytes of token `index`.
  subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

  /// The key of token `index`.
  func key(_ index: Int) -> TokenKey { keys[index + 1] }

  /// About how much memory the table needs.
  var memoryBytes: Int { 4 * slots.count + 16 * keys.count + 8 * ends.count + bytes.count }

  private func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }
}

// MARK: - Finding and adding

extension TokenTable {
  /// Finds the entries of the block's tokens, whose bytes are in `text`; -1 for those that are not in the
  /// table.
  func find(_ block: inout TokenBlock, in text: Span<UInt8>) {
    lookUpFirstSlots(&block)
    for index in 0..<block.count where block.entries[index] < 0 {
      block.entries[index] = find(block.tokens[index], in: text)
    }
  }

  /// Finds the entries of the block's tokens, and adds those that are not in the table.
  mutating func insert(_ block: inout TokenBlock, in text: Span<UInt8>) {
    lookUpFirstSlots(&block)
    for index in 0..<block.count where block.entries[index] < 0 {
      block.entries[index] = insert(block.tokens[index], in: text)
    }
  }

  /// Finds the tokens that are in the first slot of their probe sequence; -1 for others. Most are, and since
  /// no branch depends on the result, the CPU reads many slots, and then many keys, in parallel.
  private func lookUpFirstSlots(_ block: inout TokenBlock) {
    let (slots, keys, tokens, count) = (self.slots, self.keys, block.tokens, block.count)
    let (table, known, found) = (slots.span, keys.span, tokens.span)
    var entries = block.entries.mutableSpan
    for index in 0..<count { entries[index] = table[firstSlot(found[index].key)] }
    for index in 0..<count {
      let key = found[index].key
      let other = known[Int(entries[index])]
      let differs = (other.low ^ key.low) | (other.high ^ key.high) | key.isHashed
      // All bits set if the keys differ, so that the entry is -1; none if they are equal.
      let mask = Int64(bitPattern: differs | (0 &- differs)) >> 63
      entries[index] = (entries[index] &- 1) | Int32(truncatingIfNeeded: mask)
    }
  }

  /// The entry of `token`, whose bytes are in `text`; -1 if it is not in the table.
  func find(_ token: Token, in text: Span<UInt8>) -> Int32 { slots[slot(of: token, in: text)] - 1 }

  /// The entry of the token `bytes`; -1 if it is not in the table.
  func find(_ bytes: ArraySlice<UInt8>) -> Int32 { find(Token(bytes.span), in: bytes.span) }

  /// The entry of `token`, which is added if it is not in the table.
  mutating func insert(_ token: Token, in text: Span<UInt8>) -> Int32 {
    let slot = slot(of: token, in: text)
    return slots[slot] > 0 ? slots[slot] - 1 : add(token, in: text, at: slot)
  }

  /// The entries of all tokens of `other`; those that are not in this table are added in their order.
  mutating func insert(contentsOf other: TokenTable) -> [Int32] {
    var entries: [Int32] = []
    entries.reserveCapacity(other.count)
    var block = TokenBlock()
    for start in stride(from: 0, to: other.count, by: TokenBlock.capacity) {
      block.count = min(TokenBlock.capacity, other.count - start)
      for index in 0..<block.count { block.tokens[index] = other.token(start + index) }
      insert(&block, in: other.bytes.span)
      entries.append(contentsOf: block.entries[..<block.count])
    }
    return entries
  }

  /// Token `index`, whose bytes are in `bytes`.
  private func token(_ index: Int) -> Token {
    let range = range(index)
    return Token(key: keys[index + 1], start: range.lowerBound, end: range.upperBound)
  }

  /// The entry of the token `bytes`, which is added if it is not in the table.
  mutating func insert(_ bytes: ArraySlice<UInt8>) -> Int {
    Int(insert(Token(bytes.span), in: bytes.span))
  }
}

extension TokenTable {
  /// The slot that holds the token, or the free one for it.
  private func slot(of token: Token, in text: Span<UInt8>) -> Int {
    var slot = firstSlot(token.key)
    while slots[slot] > 0 {
      let number = Int(slots[slot])
      if keys[number] == token.key {
        if token.key.isHashed == 0 || isEqual(number - 1, token, in: text) { return slot }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  @inline(__always)
  private func firstSlot(_ key: TokenKey) -> Int {
    let word = key.low ^ key.high &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: ((word ^ word >> 32) &* factor) &>> shift)
  }

  /// Whether token `index` has the same bytes as `token`; both have the same length, more than eight.
  private func isEqual(_ index: Int, _ token: Token, in text: Span<UInt8>) -> Bool {
    let (bytes, start, last) = (bytes.span, range(index).lowerBound, token.count - 8)
    var offset = 0
    while offset < last {
      if bytes.word(at: start + offset) != text.word(at: token.start + offset) { return false }
      offset += 8
    }
    return bytes.word(at: start + last) == text.word(at: token.start + last)
  }

  @inline(never)
  private mutating func add(_ token: Token, in text: Span<UInt8>, at slot: Int) -> Int32 {
    for position in token.start..<token.end { bytes.append(text[position]) }
    ends.append(bytes.count)
    keys.append(token.key)
    slots[slot] = Int32(count)
    let index = Int32(count - 1)
    if count * 4 > slots.count * 3 { grow() }
    return index
  }

  /// Doubles the number of slots, so that at most three quarters are used. Early tokens, which tend to be the
  /// most frequent, are inserted first, and so get the first slots of their probe sequences.
  private mutating func grow() {
    slots = [Int32](repeating: 0, count: slots.count * 2)
    shift -= 1
    for number in 1...count {
      var slot = firstSlot(keys[number])
      while slots[slot] > 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number)
    }
  }
}
