// Counts the tokens of a text and builds a vocabulary of the most frequent ones: the first pass of the
// tokenizer.

import Failures
import TensorFile

/// Counts tokens, chunk by chunk. The vocabulary depends neither on the number of threads nor on how rows are
/// divided into chunks.
public struct VocabularyBuilder {
  /// More threads would only wait for input, and leave fewer provisional ids for each.
  private static let maxThreads = 64

  /// The rules for tokenizing text.
  public let rules: TokenRules
  /// The number of counted rows.
  public private(set) var countedRows = 0
  private var rows = 0
  private let counters: [LockedTokenCounter]

  /// - Parameter threads: the number of threads, at least 1.
  public init(rules: TokenRules, threads: Int = 1) {
    self.rules = rules
    let count = min(max(1, threads), Self.maxThreads)
    counters = (0..<count).map { LockedTokenCounter(rules, thread: $0, of: count) }
  }

  /// Counts the tokens of `text`, U8 rows.
  /// - Parameter isCounted: whether each row is counted; nil to count all.
  /// - Returns: a provisional id (I32) for each token, to be mapped by the `TokenIDMap` of `fit(limit:)`; all
  ///   rows in order, in one or more parts.
  @discardableResult
  public mutating func add(_ text: Ragged, where isCounted: [Bool]? = nil) throws(Failure) -> [Ragged] {
    let input = TokenCounter.Rows(bytes: try text.textBytes(), offsets: text.offsets)
    let firstRow = rows
    let shares = text.shares(counters.count)
    let counters = counters
    let parts = concurrently(shares.count) { share in
      counters[share].counter.withLock { counter in
        counter.provisionalIDs(of: shares[share], in: input, firstRow: firstRow, where: isCounted)
      }
    }
    rows += text.lengths.count
    countedRows += isCounted?.count { $0 } ?? text.lengths.count
    try check()
    return parts
  }

  /// The vocabulary of the most frequent tokens (in case of a tie, those that occurred first), and the map
  /// from the provisional ids of `add(_:)` to its ids.
  /// - Parameters:
  ///   - limit: the upper bound of ids, exclusive; nil to take all tokens.
  ///   - minimum: how often a token must occur to be in the vocabulary.
  /// - Throws: `Failure` if no tokens were counted, or none often enough.
  public func fit(
    limit: Int? = nil, minimum: Int = 1
  ) throws(Failure) -> (vocabulary: Vocabulary, idMap: TokenIDMap) {
    let merged = MergedCounts(counts)
    let wanted = limit.map { max(0, $0 - rules.firstID) } ?? merged.table.count
    try checkCounts(merged)
    var order = merged.frequencies.mostFrequent(wanted)
    if minimum > 1 { order.removeAll { merged.frequencies[$0].count < minimum } }
    guard minimum == 1 || !order.isEmpty else {
      throw Failure.data("no token occurs \(minimum) times", remedy: "use a smaller --min-count")
    }
    let vocabulary = try Vocabulary(rules: rules, tokens: order.map { merged.table[$0] })
    return (vocabulary, TokenIDMap(order, merged, rules))
  }

  /// The vocabulary of subwords that byte-pair encoding learns from the counted pieces.
  /// - Parameters:
  ///   - limit: the upper bound of ids, exclusive.
  ///   - minimum: how often a pair must occur to be merged.
  /// - Throws: `Failure` if nothing was counted, or if `limit` leaves no room for the bytes.
  public func fitSubwords(limit: Int, minimum: Int) throws(Failure) -> Vocabulary {
    let merged = MergedCounts(counts)
    try checkCounts(merged)
    let least = rules.firstID + ByteAlphabet.order.count
    guard limit >= least else {
      throw Failure.usage(
        "\(limit) ids leave no room for \(ByteAlphabet.order.count) bytes", at: "--vocab-size",
        remedy: "use at least \(least)")
    }
    let pieces = merged.frequencies.indices.filter { merged.frequencies[$0].count > 0 }
    var trainer = BytePairTrainer(
      pieces.map { (piece: merged.table[$0], count: merged.frequencies[$0].count) })
    trainer.run(limit: limit - rules.firstID, minCount: minimum)
    let tokens = (0..<trainer.tokens.count).map { trainer.tokens[$0] }
    return try Vocabulary(rules: rules, tokens: tokens, merges: trainer.merges)
  }

  private func checkCounts(_ merged: MergedCounts) throws(Failure) {
    guard !merged.frequencies.contains(where: { $0.count > 0 }) else { return }
    throw Failure.data(
      "there are no tokens in \(counted(countedRows, "row"))", remedy: "check the input and --filters")
  }

  private var counts: [TokenCounter] { counters.map { $0.counter.withLock { $0 } } }

  private func check() throws(Failure) {
    let counts = counts
    for counter in counts { try counter.check() }
    guard counts.contains(where: { $0.table.count > $0.id.capacity }) else { return }
    throw Failure.data("the text has too many different tokens", remedy: "use --mode char or byte")
  }
}
