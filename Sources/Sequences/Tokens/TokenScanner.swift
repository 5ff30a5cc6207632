// Splits normalized text into tokens. Text is read eight bytes at a time, so that the end and the key of a
// word are found without a loop over its bytes.

/// Finds the tokens of a text, block by block.
struct TokenScanner {
  private static let spaces: UInt64 = 0x2020_2020_2020_2020
  private let mode: TokenMode
  private let end: Int
  private var position = 0
  /// The words that were found before; used for Unicode's words and for pieces.
  private let found: [Range<Int>]

  /// - Parameter end: the end of the text, which is followed by `TextNormalizer.margin` spaces.
  /// - Parameter words: the words of the text, if the scanner doesn't find them itself.
  init(_ mode: TokenMode, end: Int, words found: [Range<Int>] = []) {
    self.found = found
    self.mode = mode
    self.end = end
  }

  /// Fills `block` with the next tokens of `text`.
  /// - Returns: false at the end of the text.
  mutating func fill(_ block: inout TokenBlock, from text: Span<UInt8>) -> Bool {
    var tokens = block.tokens.mutableSpan
    switch mode {
    case .word: block.count = words(of: text, &tokens)
    case .unicode, .punct, .bpe: block.count = foundWords(of: text, &tokens)
    case .char: block.count = characters(of: text, &tokens)
    case .byte: block.count = bytes(of: text, &tokens)
    }
    return block.count > 0
  }

  private mutating func foundWords(of text: Span<UInt8>, _ tokens: inout MutableSpan<Token>) -> Int {
    let count = min(tokens.count, found.count - position)
    for index in 0..<count {
      let word = found[position + index]
      tokens[index] = Token(of: text, from: word.lowerBound, to: word.upperBound)
    }
    position += count
    return count
  }

  private mutating func bytes(of text: Span<UInt8>, _ tokens: inout MutableSpan<Token>) -> Int {
    let count = min(tokens.count, end - position)
    for index in 0..<count {
      let start = position + index
      tokens[index] = Token(
        key: TokenKey(low: UInt64(text[start]), count: 1), start: start, end: start + 1)
    }
    position += count
    return count
  }

  /// The next scalars: a byte and the continuation bytes after it.
  private mutating func characters(of text: Span<UInt8>, _ tokens: inout MutableSpan<Token>) -> Int {
    var count = 0
    while position < end, count < tokens.count {
      let start = position
      position += 1
      while position < end, text[position] & 0xC0 == 0x80 { position += 1 }
      tokens[count] = Token(of: text, from: start, to: position)
      count += 1
    }
    return count
  }
}

// MARK: - Words

extension TokenScanner {
  private mutating func words(of text: Span<UInt8>, _ tokens: inout MutableSpan<Token>) -> Int {
    var (count, start) = (0, position)
    while start < end, count < tokens.count {
      let word = text.word(at: start)
      let mark = Self.firstSpace(word)
      if mark == 0 {
        tokens[count] = Self.longWord(of: text, from: start, word)
        start = tokens[count].end + 1
        count += 1
      } else {
        // An empty word between two spaces is also stored, but then overwritten by the next one.
        let length = mark.trailingZeroBitCount >> 3
        tokens[count] = Token(
          key: TokenKey(low: word & Self.bytes(before: mark), count: length), start: start,
          end: start + length)
        start += length + 1
        count += length > 0 ? 1 : 0
      }
    }
    position = start
    return count
  }

  /// A word that begins with the eight bytes `word`.
  @inline(__always)
  private static func longWord(of text: Span<UInt8>, from start: Int, _ word: UInt64) -> Token {
    let rest = text.word(at: start + 8)
    let mark = firstSpace(rest)
    guard mark != 0 else { return longerWord(of: text, from: start) }
    let length = 8 + mark.trailingZeroBitCount >> 3
    return Token(
      key: TokenKey(low: word, rest: rest & bytes(before: mark), count: length), start: start,
      end: start + length)
  }

  /// A word of sixteen bytes or more.
  @inline(never)
  private static func longerWord(of text: Span<UInt8>, from start: Int) -> Token {
    var end = start + 16
    var mark = firstSpace(text.word(at: end))
    while mark == 0 {
      end += 8
      mark = firstSpace(text.word(at: end))
    }
    return Token(of: text, from: start, to: end + mark.trailingZeroBitCount >> 3)
  }

  /// A word with only the highest bit of the first space in `word` set; 0 if there is no space.
  @inline(__always)
  private static func firstSpace(_ word: UInt64) -> UInt64 {
    let others = word ^ spaces
    // A zero byte causes a borrow, which can affect later bytes; the first mark is correct.
    let marks = (others &- 0x0101_0101_0101_0101) & ~others & 0x8080_8080_8080_8080
    return marks & (0 &- marks)
  }

  /// A mask of the bytes before the space whose highest bit is `mark`.
  @inline(__always)
  private static func bytes(before mark: UInt64) -> UInt64 { (mark - 1) >> 7 }
}
