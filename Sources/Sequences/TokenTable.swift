// The tokens of a vocabulary: a hash table with open addressing over byte strings, numbered by first sight.

/// Byte strings numbered from 0 in the order in which they were added.
///
/// The hash table holds numbers alone, and the keys lie in the order of the numbers: common tokens, which are
/// seen early, lie together, and what most look-ups need stays in the processor's second cache.
struct TokenTable: Sendable {
  /// The most tokens a vocabulary may have, far enough below what a 32-bit id can count.
  static let capacity = 1 << 30

  /// An odd factor, drawn anew by each process so that no input is slow by design. It decides where a token
  /// lies in the table and nothing else.
  private static let factor = UInt64.random(in: 0...UInt64.max) | 1

  private let factor = Self.factor
  /// A token's number and 1 more, 0 where the slot is free.
  private var slots = [Int32](repeating: 0, count: 1 << 10)
  private var shift = UInt64(64 - 10)
  /// The tokens' keys, behind one that no token has.
  private var keys = [TokenKey()]
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
  /// Finds the places of the block's tokens, whose bytes stand in `text`; -1 for those the table doesn't have.
  func find(_ block: inout TokenBlock, in text: Span<UInt8>) {
    lookHome(&block)
    for index in 0..<block.count where block.places[index] < 0 {
      block.places[index] = find(block.tokens[index], in: text)
    }
  }

  /// Finds the places of the block's tokens; those the table doesn't have are added.
  mutating func insert(_ block: inout TokenBlock, in text: Span<UInt8>) {
    lookHome(&block)
    for index in 0..<block.count where block.places[index] < 0 {
      block.places[index] = insert(block.tokens[index], in: text)
    }
  }

  /// Finds the tokens whose number is in the slot where it belongs; -1 for others. Most are there, and as no
  /// branch depends on what is found, the processor reads many slots, and then many keys, at once.
  private func lookHome(_ block: inout TokenBlock) {
    let (slots, keys, tokens, count) = (self.slots, self.keys, block.tokens, block.count)
    let (table, known, found) = (slots.span, keys.span, tokens.span)
    var places = block.places.mutableSpan
    for index in 0..<count { places[index] = table[home(found[index].key)] }
    for index in 0..<count {
      let key = found[index].key
      let other = known[Int(places[index])]
      let differs = (other.low ^ key.low) | (other.high ^ key.high) | key.isHashed
      // All bits where anything differs, so that the place is -1; none where nothing does.
      let mask = Int64(bitPattern: differs | (0 &- differs)) >> 63
      places[index] = (places[index] &- 1) | Int32(truncatingIfNeeded: mask)
    }
  }

  /// The place of `token`, whose bytes stand in `text`; -1 where the table doesn't have it.
  func find(_ token: Token, in text: Span<UInt8>) -> Int32 { slots[slot(of: token, in: text)] - 1 }

  /// The place of the token that is all of `bytes`; -1 where the table doesn't have it.
  func find(_ bytes: ArraySlice<UInt8>) -> Int32 { find(Token(bytes.span), in: bytes.span) }

  /// The place of `token`, which is added where the table doesn't have it.
  mutating func insert(_ token: Token, in text: Span<UInt8>) -> Int32 {
    let slot = slot(of: token, in: text)
    return slots[slot] > 0 ? slots[slot] - 1 : add(token, in: text, at: slot)
  }

  /// The places of all tokens of `other`; those that this table doesn't have are added in their order.
  mutating func insert(contentsOf other: TokenTable) -> [Int32] {
    var places: [Int32] = []
    places.reserveCapacity(other.count)
    var block = TokenBlock()
    for start in stride(from: 0, to: other.count, by: TokenBlock.capacity) {
      block.count = min(TokenBlock.capacity, other.count - start)
      for index in 0..<block.count { block.tokens[index] = other.token(start + index) }
      insert(&block, in: other.bytes.span)
      places.append(contentsOf: block.places[..<block.count])
    }
    return places
  }

  /// Token `index` as it stands in `bytes`.
  private func token(_ index: Int) -> Token {
    let place = range(index)
    return Token(key: keys[index + 1], start: place.lowerBound, end: place.upperBound)
  }

  /// The place of the token that is all of `bytes`, which is added where the table doesn't have it.
  mutating func insert(_ bytes: ArraySlice<UInt8>) -> Int {
    Int(insert(Token(bytes.span), in: bytes.span))
  }
}

extension TokenTable {
  /// The slot that holds the token, or the free one where it belongs.
  private func slot(of token: Token, in text: Span<UInt8>) -> Int {
    var place = home(token.key)
    while slots[place] > 0 {
      let number = Int(slots[place])
      if keys[number] == token.key {
        if token.key.isHashed == 0 || isEqual(number - 1, token, in: text) { return place }
      }
      place = (place + 1) & (slots.count - 1)
    }
    return place
  }

  @inline(__always)
  private func home(_ key: TokenKey) -> Int {
    let word = key.low ^ key.high &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: ((word ^ word >> 32) &* factor) &>> shift)
  }

  /// Whether token `index` has the bytes of `token`, as many, and more than eight.
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

  /// Doubles the slots, so that at most three quarters are taken. Tokens seen first, which tend to be the
  /// commonest, choose their slots first: they lie where they belong.
  private mutating func grow() {
    slots = [Int32](repeating: 0, count: slots.count * 2)
    shift -= 1
    for number in 1...count {
      var place = home(keys[number])
      while slots[place] > 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = Int32(number)
    }
  }
}
