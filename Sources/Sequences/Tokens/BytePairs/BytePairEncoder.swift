// Encodes rows of text as subwords. Text repeats its words: the tokens of a piece are remembered.

/// Finds the subwords of rows.
struct BytePairEncoder: Sendable {
  /// So many different pieces are remembered at a time.
  private static let most = 1 << 17

  private let pairs: BytePairs
  private var pieces = TokenTable()
  /// The tokens of all remembered pieces, and where those of each piece end.
  private var tokens: [Int32] = []
  private var ends: [Int] = []

  init(_ pairs: BytePairs) { self.pairs = pairs }

  /// Calls `body` with the numbers of the tokens of `row`, -1 where there is none.
  mutating func forEachToken(
    of row: Span<UInt8>, _ tokenizer: inout Tokenizer, _ body: (Int32) -> Void
  ) {
    if pieces.count > Self.most { (pieces, tokens, ends) = (TokenTable(), [], []) }
    tokenizer.tokenize(row, into: &pieces)
    for piece in ends.count..<pieces.count {
      tokens += pairs.tokens(of: pieces[piece])
      ends.append(tokens.count)
    }
    for entry in tokenizer.entries {
      let piece = Int(entry)
      for token in tokens[(piece == 0 ? 0 : ends[piece - 1])..<ends[piece]] { body(token) }
    }
  }
}
