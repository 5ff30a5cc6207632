// Cuts text into pieces that together are the whole text, so that it can be put together again: a piece is a word, a
// number or punctuation, with the space before it. The pieces are the tokens of `--mode punct`, and byte pairs are
// merged only within the pieces of `--mode bpe`.

/// Finds the pieces of a normalized text.
struct PieceScanner {
  private static let space = UInt8(ascii: " ")
  private static let apostrophe = UInt8(ascii: "'")
  /// The ends of English words that are pieces of their own in GPT-2.
  private static let contractions = ["s", "t", "re", "ve", "m", "ll", "d"].map { Array($0.utf8) }

  private let text: [UInt8]
  private let end: Int
  private var position = 0

  private init(_ text: [UInt8], count: Int) { (self.text, end) = (text, count) }

  /// The pieces of the first `count` bytes of `text`.
  static func pieces(of text: [UInt8], count: Int, _ mode: TokenMode) -> [Range<Int>] {
    var scanner = PieceScanner(text, count: count)
    var pieces: [Range<Int>] = []
    while let piece = mode == .bpe ? scanner.nextRun() : scanner.nextWord() { pieces.append(piece) }
    return pieces
  }

  /// The kind of the scalar at `index`, and where it ends.
  private func scalar(_ index: Int) -> (kind: ScalarKind, end: Int) {
    if text[index] < 0x80 { return (ScalarKind(UInt32(text[index])), index + 1) }
    var decoder = UTF8Decoder()
    let value = decoder.next(in: text.span.extracting(index..<min(end, index + 4))) ?? 0
    return (ScalarKind(value), index + max(1, decoder.position))
  }

  /// The end of the scalars from `start` on whose kind is accepted.
  private func run(from start: Int, _ accepts: (ScalarKind) -> Bool) -> Int {
    var index = start
    while index < end, case let next = scalar(index), accepts(next.kind) { index = next.end }
    return index
  }

  private mutating func take(to end: Int) -> Range<Int> {
    defer { position = end }
    return position..<end
  }
}

// MARK: - Words and punctuation

extension PieceScanner {
  /// The next word (letters, their marks, and digits) or punctuation mark, with the space before it; what follows an
  /// apostrophe within a word is a piece that begins with the apostrophe.
  private mutating func nextWord() -> Range<Int>? {
    guard position < end else { return nil }
    let start = text[position] == Self.space ? position + 1 : position
    guard start < end else { return take(to: start) }
    let first = scalar(start)
    if Self.isWord(first.kind) { return take(to: run(from: start, Self.isWord)) }
    let followsWord = start == position && position > 0 && isApostrophe(start, first.end)
    return take(to: followsWord ? run(from: first.end, Self.isWord) : first.end)
  }

  private static func isWord(_ kind: ScalarKind) -> Bool {
    kind == .letter || kind == .mark || kind == .number
  }

  /// Whether an apostrophe, straight or U+2019, is there.
  private func isApostrophe(_ start: Int, _ end: Int) -> Bool {
    text[start] == Self.apostrophe || text[start..<end].elementsEqual([0xE2, 0x80, 0x99])
  }
}

// MARK: - GPT-2's pieces

// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
extension PieceScanner {
  /// The next piece of GPT-2's regular expression.
  private mutating func nextRun() -> Range<Int>? {
    guard position < end else { return nil }
    if let end = contractionEnd { return take(to: end) }
    let hasSpace = text[position] == Self.space && position + 1 < end
    let start = hasSpace && scalar(position + 1).kind != .space ? position + 1 : position
    let kind = Self.runKind(scalar(start).kind)
    guard kind == .space else { return take(to: run(from: start) { Self.runKind($0) == kind }) }
    return take(to: spacesEnd)
  }

  /// Marks are neither letters nor digits there.
  private static func runKind(_ kind: ScalarKind) -> ScalarKind { kind == .mark ? .other : kind }

  private var contractionEnd: Int? {
    guard text[position] == Self.apostrophe else { return nil }
    let rest = text[position + 1..<min(end, position + 3)]
    return Self.contractions.first { rest.starts(with: $0) }.map { position + 1 + $0.count }
  }

  /// The end of white space: its last character belongs to what follows, unless it is the only one.
  private var spacesEnd: Int {
    var (index, last) = (position, position)
    while index < end, case let next = scalar(index), next.kind == .space {
      (last, index) = (index, next.end)
    }
    return index == end || last == position ? index : last
  }
}
