// Counts the tokens of a text and makes a vocabulary of the commonest: the first of the tokenizer's passes.

import Failures
import TensorFile

/// Counts tokens, chunk by chunk. The vocabulary does not depend on the number of threads, nor on how the
/// rows are cut into chunks.
public struct VocabularyBuilder {
  /// More threads wait for the input, and would leave fewer numbers for each one's tokens.
  private static let mostThreads = 64

  /// The rules by which text is cut.
  public let rules: TokenRules
  /// How many rows were counted.
  public private(set) var countedRows = 0
  private var rows = 0
  private let counters: [TokenCounter]

  /// - Parameter threads: how many threads count; at least 1.
  public init(rules: TokenRules, threads: Int = 1) {
    self.rules = rules
    let count = min(max(1, threads), Self.mostThreads)
    counters = (0..<count).map { TokenCounter(rules, thread: $0, of: count) }
  }

  /// Counts the tokens of `text`, U8 rows.
  /// - Parameter isCounted: whether each row takes part; all do where nil.
  /// - Returns: a number for each token (I32), of which `fit(limit:)`'s numbering makes its id: all rows in order, in
  ///   one or more parts.
  @discardableResult
  public mutating func add(_ text: Ragged, where isCounted: [Bool]? = nil) throws(Failure) -> [Ragged] {
    let input = TokenCounts.Rows(bytes: try text.textBytes(), offsets: text.offsets)
    let firstRow = rows
    let shares = text.shares(counters.count)
    let counters = counters
    let parts = concurrently(shares.count) { share in
      counters[share].counts.withLock { counts in
        counts.number(shares[share], of: input, firstRow: firstRow, where: isCounted)
      }
    }
    rows += text.lengths.count
    countedRows += isCounted?.count { $0 } ?? text.lengths.count
    try checkCapacity()
    return parts
  }

  /// The vocabulary of the commonest tokens, of equally common ones those seen first; and the way from the numbers
  /// that `add(_:)` gave to its ids.
  /// - Parameter limit: what every id must be below; all tokens are taken where nil.
  /// - Throws: `Failure` where no token was counted.
  public func fit(
    limit: Int? = nil
  ) throws(Failure) -> (vocabulary: Vocabulary, numbering: TokenNumbering) {
    let merged = MergedCounts(counts)
    let wanted = limit.map { max(0, $0 - rules.firstID) } ?? merged.table.count
    let order = merged.tallies.commonest(wanted)
    guard merged.tallies.contains(where: { $0.count > 0 }) else {
      throw Failure.data(
        "no \(rules.mode.rawValue) in \(countedRows) rows", remedy: "a vocabulary needs text that isn't empty"
      )
    }
    let vocabulary = try Vocabulary(rules: rules, tokens: order.map { merged.table[$0] })
    return (vocabulary, TokenNumbering(order, merged, rules))
  }

  private var counts: [TokenCounts] { counters.map { $0.counts.withLock { $0 } } }

  private func checkCapacity() throws(Failure) {
    guard counts.contains(where: { $0.table.count > $0.number.capacity }) else { return }
    throw Failure.data("the text has too many different tokens", remedy: "use --mode char or byte")
  }
}
