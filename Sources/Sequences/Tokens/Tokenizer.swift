// Splits rows of text into tokens and looks them up in a table, reusing its buffers from row to row.

import Failures

/// Normalizes rows, splits them into tokens and looks those up.
struct Tokenizer: Sendable {
  private let mode: TokenMode
  private var normalizer: TextNormalizer
  private var block = TokenBlock()
  private let unicode: UnicodeWords?
  /// The table entries of the last row's tokens; -1 for tokens that are not in the table.
  private(set) var entries: [Int32] = []

  init(_ rules: TokenRules) {
    mode = rules.mode
    unicode = rules.mode == .unicode ? UnicodeWords() : nil
    normalizer = TextNormalizer(rules)
  }

  /// Throws `Failure` (internal error) if the words of a row could not be found, so that its tokens are not complete.
  func checkWords() throws(Failure) {
    guard unicode?.hasFailed == true else { return }
    throw Failure(.software, "ICU can't find the words of a text", remedy: "use --mode word or char")
  }

  /// Finds the tokens of `row`.
  mutating func tokenize(_ row: Span<UInt8>, with table: TokenTable) {
    tokenize(row) { table.find(&$0, in: $1) }
  }

  /// Finds the tokens of `row`, and adds those that are not in `table`.
  mutating func tokenize(_ row: Span<UInt8>, into table: inout TokenTable) {
    tokenize(row) { table.insert(&$0, in: $1) }
  }

  /// Splits `row` into tokens, and calls `lookUp` for the entries of each block of tokens.
  @inline(__always)
  private mutating func tokenize(_ row: Span<UInt8>, _ lookUp: (inout TokenBlock, Span<UInt8>) -> Void) {
    normalizer.normalize(row)
    let bytes = normalizer.buffer
    var scanner = scanner
    entries.removeAll(keepingCapacity: true)
    while scanner.fill(&block, from: bytes.span) {
      lookUp(&block, bytes.span)
      entries.append(contentsOf: block.entries[..<block.count])
    }
  }

  /// A scanner for the row that was normalized last.
  private var scanner: TokenScanner {
    let (text, count) = (normalizer.buffer, normalizer.count)
    let words =
      mode.hasPieces
      ? PieceScanner.pieces(of: text, count: count, mode) : unicode?.words(of: text, count: count)
    return TokenScanner(mode, end: count, words: words ?? [])
  }

  /// Whether `token`, as a text, is a single token and is not changed by normalization.
  mutating func isToken(_ token: ArraySlice<UInt8>) -> Bool {
    normalizer.normalize(token.span)
    let bytes = normalizer.buffer
    var scanner = scanner
    guard scanner.fill(&block, from: bytes.span) else { return false }
    // Where tokens hold the space before them, punctuation has one or none.
    let isPrefixed = mode == .punct && bytes[1..<normalizer.count] == token
    return (bytes[..<normalizer.count] == token || isPrefixed) && block.tokens[0].count == normalizer.count
  }
}
