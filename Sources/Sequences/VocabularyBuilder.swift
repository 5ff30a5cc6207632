// Counts the tokens of a text and makes a vocabulary of the commonest: the first of the tokenizer's passes.

import Failures
import Synchronization
import TensorFile

/// Counts tokens, chunk by chunk. The vocabulary does not depend on the number of threads, nor on how the
/// rows are cut into chunks.
public struct VocabularyBuilder {
  /// The rules by which text is cut.
  public let rules: TokenRules
  /// How many rows were counted.
  public private(set) var countedRows = 0
  private var rows = 0
  private let counters: [TokenCounter]

  /// - Parameter threads: how many threads count; at least 1.
  public init(rules: TokenRules, threads: Int = 1) {
    self.rules = rules
    counters = (0..<max(1, threads)).map { _ in TokenCounter(rules) }
  }

  /// Counts the tokens of `text`, U8 rows.
  /// - Parameter isCounted: whether each row takes part; all do where nil.
  public mutating func add(_ text: Ragged, where isCounted: [Bool]? = nil) throws(Failure) {
    let bytes = try text.textBytes()
    let (offsets, firstRow) = (text.offsets, rows)
    let shares = text.shares(counters.count)
    let counters = counters
    let sizes = concurrently(shares.count) { share in
      counters[share].counts.withLock { counts in
        for row in shares[share] where isCounted?[row] ?? true {
          counts.add(bytes.span.extracting(offsets[row]..<offsets[row + 1]), number: firstRow + row)
        }
        return counts.table.count
      }
    }
    rows += text.lengths.count
    countedRows += isCounted?.count { $0 } ?? text.lengths.count
    try checkCapacity(sizes)
  }

  /// The vocabulary of the commonest tokens; of equally common ones, those seen first.
  /// - Parameter limit: what every id must be below; all tokens are taken where nil.
  /// - Throws: `Failure` where no token was counted.
  public func vocabulary(limit: Int? = nil) throws(Failure) -> Vocabulary {
    let all = merged()
    let order = all.indices.sorted {
      (all[$1].tally.count, all[$0].tally.first) < (all[$0].tally.count, all[$1].tally.first)
    }
    guard !order.isEmpty else {
      throw Failure.data(
        "no \(rules.mode.rawValue) in \(countedRows) rows", remedy: "a vocabulary needs text that isn't empty"
      )
    }
    let kept = limit.map { order.prefix(max(0, $0 - rules.firstID)) } ?? order[...]
    return try Vocabulary(rules: rules, tokens: kept.map { all[$0].token })
  }

  /// Every token with the sum of its counts and its first sight.
  private func merged() -> [(token: ArraySlice<UInt8>, tally: TokenTally)] {
    var table = TokenTable()
    var tallies: [TokenTally] = []
    for counter in counters {
      let counts = counter.counts.withLock { $0 }
      for (index, tally) in counts.tallies.enumerated() {
        let place = table.insert(counts.table[index])
        if place == tallies.count { tallies.append(tally) } else { tallies[place].merge(tally) }
      }
    }
    return tallies.indices.map { (table[$0], tallies[$0]) }
  }

  private func checkCapacity(_ sizes: [Int]) throws(Failure) {
    guard sizes.reduce(0, +) > TokenTable.capacity else { return }
    throw Failure.data("the text has too many different tokens", remedy: "use --mode char or byte")
  }
}

/// How often a token was seen, and where first.
private struct TokenTally {
  var count: Int
  /// The row in the upper half, the token's number within the row in the lower.
  var first: UInt64

  mutating func merge(_ other: TokenTally) {
    count += other.count
    first = min(first, other.first)
  }
}

/// What one thread has counted so far.
private struct TokenCounts {
  let mode: TokenMode
  var normaliser: TextNormaliser
  var table = TokenTable()
  var tallies: [TokenTally] = []

  init(_ rules: TokenRules) {
    mode = rules.mode
    normaliser = TextNormaliser(rules)
  }

  mutating func add(_ row: Span<UInt8>, number: Int) {
    normaliser.normalise(row)
    let buffer = normaliser.buffer
    let text = buffer.span.extracting(first: normaliser.count)
    var scanner = TokenScanner(mode)
    var position = UInt64(number) << 32
    while let token = scanner.next(in: text) {
      let index = table.insert(token, in: text)
      if index == tallies.count { tallies.append(TokenTally(count: 0, first: position)) }
      tallies[index].count += 1
      position += 1
    }
  }
}

/// Counts that each thread keeps for itself from chunk to chunk; their lock is never waited for.
private final class TokenCounter: Sendable {
  let counts: Mutex<TokenCounts>
  init(_ rules: TokenRules) { counts = Mutex(TokenCounts(rules)) }
}

extension Ragged {
  /// The bytes of a column of text.
  func textBytes() throws(Failure) -> [UInt8] {
    guard let bytes = values.values(as: UInt8.self), values.shape.count == 1 else {
      throw Failure.data("the column text is \(values.type.rawValue), not bytes (U8)")
    }
    return bytes
  }
}
