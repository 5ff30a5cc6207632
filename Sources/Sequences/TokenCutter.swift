// Rows of text to the places of their tokens in a table, row after row in buffers that are used again.

/// Normalises rows, cuts them into tokens and looks those up.
struct TokenCutter: Sendable {
  private let mode: TokenMode
  private var normaliser: TextNormaliser
  private var block = TokenBlock()
  /// The places of the last row's tokens, -1 for tokens that the table doesn't have.
  private(set) var places: [Int32] = []

  init(_ rules: TokenRules) {
    mode = rules.mode
    normaliser = TextNormaliser(rules)
  }

  /// Finds the tokens of `row`.
  mutating func cut(_ row: Span<UInt8>, by table: TokenTable) {
    cut(row) { table.find(&$0, in: $1) }
  }

  /// Finds the tokens of `row`, and adds those that `table` doesn't have.
  mutating func cut(_ row: Span<UInt8>, into table: inout TokenTable) {
    cut(row) { table.insert(&$0, in: $1) }
  }

  /// Cuts `row`, and lets `place` tell the places of each block of tokens.
  @inline(__always)
  private mutating func cut(_ row: Span<UInt8>, _ place: (inout TokenBlock, Span<UInt8>) -> Void) {
    normaliser.normalise(row)
    let bytes = normaliser.buffer
    var scanner = TokenScanner(mode, end: normaliser.count)
    places.removeAll(keepingCapacity: true)
    while scanner.fill(&block, from: bytes.span) {
      place(&block, bytes.span)
      places.append(contentsOf: block.places[..<block.count])
    }
  }

  /// Whether `token` by itself is cut as one token and left as it is.
  mutating func leaves(_ token: ArraySlice<UInt8>) -> Bool {
    normaliser.normalise(token.span)
    let bytes = normaliser.buffer
    var scanner = TokenScanner(mode, end: normaliser.count)
    guard scanner.fill(&block, from: bytes.span) else { return false }
    return bytes[..<normaliser.count] == token && block.tokens[0].count == normaliser.count
  }
}
