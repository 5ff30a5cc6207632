// Cuts normalised text into tokens, and makes of each the key by which the table finds it.

/// A token in a text, and its key: the bytes themselves where they are at most eight, else a hash.
struct Token {
  /// The bytes packed into one word, first byte highest, where there are at most eight; else a hash of them.
  var key: UInt64
  var start: Int
  var end: Int

  var count: Int { end - start }
  /// Whether the key and the count say all that the bytes say.
  var isPacked: Bool { count <= 8 }

  /// A hash of `bytes`, eight at a time.
  static func hash(_ bytes: Span<UInt8>) -> UInt64 {
    var (hash, word): (UInt64, UInt64) = (0, 0)
    for index in bytes.indices {
      word = word << 8 | UInt64(bytes[index])
      if index & 7 == 7 { (hash, word) = (mix(hash ^ word), 0) }
    }
    return mix(hash ^ word)
  }

  /// Spreads a word's bits over all of it; no two words give the same.
  private static func mix(_ word: UInt64) -> UInt64 {
    let product = (word ^ word >> 32) &* 0x9E37_79B9_7F4A_7C15
    return (product ^ product >> 29) &* 0xBF58_476D_1CE4_E5B9
  }
}

extension Token {
  /// All of `bytes` as one token.
  init(_ bytes: Span<UInt8>) {
    self.init(key: 0, start: 0, end: bytes.count)
    if isPacked {
      for index in bytes.indices { key = key << 8 | UInt64(bytes[index]) }
    } else {
      key = Self.hash(bytes)
    }
  }
}

/// Finds the tokens of one text, one after another.
struct TokenScanner {
  private static let space = UInt8(ascii: " ")
  private let mode: TokenMode
  private var position = 0

  init(_ mode: TokenMode) { self.mode = mode }

  /// The next token of `text`, nil at its end.
  @inline(__always)
  mutating func next(in text: Span<UInt8>) -> Token? {
    switch mode {
    case .word: nextWord(in: text)
    case .char: nextCharacter(in: text)
    case .byte: nextByte(in: text)
    }
  }

  @inline(__always)
  private mutating func nextWord(in text: Span<UInt8>) -> Token? {
    while position < text.count, text[position] == Self.space { position += 1 }
    guard position < text.count else { return nil }
    var token = Token(key: 0, start: position, end: position)
    let near = min(text.count, position + 8)
    while position < near, text[position] != Self.space {
      token.key = token.key << 8 | UInt64(text[position])
      position += 1
    }
    if position == near, position < text.count, text[position] != Self.space { finish(&token, in: text) }
    token.end = position
    return token
  }

  @inline(__always)
  private mutating func nextByte(in text: Span<UInt8>) -> Token? {
    guard position < text.count else { return nil }
    position += 1
    return Token(key: UInt64(text[position - 1]), start: position - 1, end: position)
  }

  /// The next scalar: a byte and the continuation bytes after it.
  @inline(__always)
  private mutating func nextCharacter(in text: Span<UInt8>) -> Token? {
    guard var token = nextByte(in: text) else { return nil }
    while position < text.count, text[position] & 0xC0 == 0x80 {
      token.key = token.key << 8 | UInt64(text[position])
      position += 1
    }
    token.end = position
    return token
  }

  /// Goes on to the end of a word of more than eight bytes.
  @inline(never)
  private mutating func finish(_ token: inout Token, in text: Span<UInt8>) {
    while position < text.count, text[position] != Self.space { position += 1 }
    token.key = Token.hash(text.extracting(token.start..<position))
  }
}
