// Counts the tokens of a text and builds a vocabulary of the most frequent ones: the first pass of the
// tokenizer. Memory is bounded: once the tables of tokens are full, further counts are spilled to disk, and the text
// that is counted from then on has no provisional ids, but is tokenized again in the second pass.

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
  private var counters: [LockedTokenCounter]
  private let memoryBytes: Int
  /// The counters of the tokens that have provisional ids, and all counts on disk; nil while everything is in memory.
  private var spilled: (first: [LockedTokenCounter], counts: SpilledCounts)?

  /// - Parameters:
  ///   - threads: the number of threads, at least 1.
  ///   - memoryBytes: about how much memory the tables may need before they are spilled to disk. Vocabularies of subwords
  ///     are learned from all pieces of text, which stay in memory.
  public init(rules: TokenRules, threads: Int = 1, memoryBytes: Int = 1 << 26) {
    self.rules = rules
    self.memoryBytes = rules.mode == .bpe ? .max : memoryBytes
    counters = Self.counters(rules, min(max(1, threads), Self.maxThreads))
  }

  private static func counters(_ rules: TokenRules, _ count: Int) -> [LockedTokenCounter] {
    (0..<count).map { LockedTokenCounter(rules, thread: $0, of: count) }
  }

  /// Counts the tokens of `text`, U8 rows.
  /// - Parameter isCounted: whether each row is counted; nil to count all.
  /// - Returns: a provisional id (I32) for each token, to be mapped by the `TokenIDMap` of `fit(limit:)`; all
  ///   rows in order, in one or more parts. Nil if there are too many different tokens for that: the text must be kept, and
  ///   tokenized by the vocabulary.
  @discardableResult
  public mutating func add(_ text: Ragged, where isCounted: [Bool]? = nil) throws(Failure) -> [Ragged]? {
    let hasIDs = spilled == nil
    let parts = try count(text, where: isCounted)
    try spillIfFull()
    return hasIDs ? parts : nil
  }

  /// Writes full tables to disk, and begins new ones.
  private mutating func spillIfFull() throws(Failure) {
    guard counters.reduce(0, { $0 + $1.counter.withLock { $0.memoryBytes } }) > memoryBytes else { return }
    try spill()
    counters = Self.counters(rules, counters.count)
  }

  private mutating func spill() throws(Failure) {
    var all = spilled ?? (counters, SpilledCounts())
    try all.counts.add(MergedCounts(counts))
    spilled = all
  }

  private mutating func count(_ text: Ragged, where isCounted: [Bool]?) throws(Failure) -> [Ragged] {
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
    if let spilled { return try fit(spilled.first, spilled.counts, limit: limit, minimum: minimum) }
    let merged = MergedCounts(counts)
    let wanted = limit.map { max(0, $0 - rules.firstID) } ?? merged.table.count
    try checkCounts(merged)
    var order = merged.frequencies.mostFrequent(wanted)
    if minimum > 1 { order.removeAll { merged.frequencies[$0].count < minimum } }
    guard minimum == 1 || !order.isEmpty else { throw tooRare(minimum) }
    let vocabulary = try Vocabulary(rules: rules, tokens: order.map { merged.table[$0] })
    return (vocabulary, TokenIDMap(order, merged, rules))
  }

  /// The same for counts on disk, of which the last are in memory.
  private func fit(
    _ first: [LockedTokenCounter], _ spilled: SpilledCounts, limit: Int?, minimum: Int
  ) throws(Failure) -> (vocabulary: Vocabulary, idMap: TokenIDMap) {
    var spilled = spilled
    try spilled.add(MergedCounts(counts))
    var ranking = TokenRanking(limit: limit.map { max(0, $0 - rules.firstID) })
    try spilled.forEach { (token) throws(Failure) in
      if token.frequency.count >= minimum { try ranking.add(token) }
    }
    guard !ranking.isEmpty else { throw minimum > 1 ? tooRare(minimum) : noTokens }
    let vocabulary = try Vocabulary(rules: rules, tokens: ranking.tokens)
    return (vocabulary, TokenIDMap(vocabulary, MergedCounts(first.map { $0.counter.withLock { $0 } })))
  }

  private func tooRare(_ minimum: Int) -> Failure {
    Failure.data("no token occurs \(minimum) times", remedy: "use a smaller --min-count")
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
    guard merged.frequencies.contains(where: { $0.count > 0 }) else { throw noTokens }
  }

  private var noTokens: Failure {
    .data("there are no tokens in \(counted(countedRows, "row"))", remedy: "check the input and --filters")
  }

  private var counts: [TokenCounter] { counters.map { $0.counter.withLock { $0 } } }

  private func check() throws(Failure) {
    let counts = counts
    for counter in counts { try counter.check() }
    guard counts.contains(where: { $0.table.count > $0.id.capacity }) else { return }
    throw Failure.data("the text has too many different tokens", remedy: "use --mode char or byte")
  }
}
