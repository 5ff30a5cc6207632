// Produces sequences for sources: encodes a batch of rows, then searches step by step, for all rows at once. Rows are
// processed in the order of their lengths, so that a batch has little padding.

import Failures
import Glibc
import Networks
import Sequences

/// A model that produces a sequence for another one.
public final class SequenceDecoder {
  private static let beginningsAtOnce = 256
  /// How many networks are kept, each for sources of another length.
  private static let mostNetworks = 6

  private let model: LoadedModel
  private let split: DecoderSplit
  private let options: SearchOptions
  private let threads: Int
  private let rules: TokenRules
  private let lengths: PaddedLengths
  private var networks: [DecoderNetworks] = []
  /// Ids that are never produced: padding, the start, and the token for unknown ones.
  private let excluded: [Int]

  /// The number of sources in a batch.
  private var rowsAtOnce: Int { max(8, Self.beginningsAtOnce / options.width) }

  /// - Throws: `Failure` (usage) if the model can't produce sequences step by step.
  public init(_ model: LoadedModel, _ translation: Translation, _ options: SearchOptions, threads: Int) throws
  {
    (self.model, self.options, self.threads) = (model, options, threads)
    rules = translation.target.rules
    excluded = [TokenRules.paddingID, rules.startID ?? 1, rules.unknownID ?? 2].map(Int.init)
    lengths = PaddedLengths(model, translation)
    split = try DecoderSplit(
      model.file.architecture, source: translation.sourceInput, target: translation.targetInput)
  }

  /// The best sequences for each source, best first.
  public func decode(_ sources: [DecoderSource]) throws -> [[Hypothesis]] {
    var results = [[Hypothesis]](repeating: [], count: sources.count)
    let order = sources.indices.sorted { (sources[$0].count, $0) < (sources[$1].count, $1) }
    let batches = PaddedLengths.batches(order, size: rowsAtOnce) {
      lengths.join(sources: sources[$0].count, sources[$1].count)
    }
    for rows in batches {
      for (row, found) in zip(rows, try decode(batch: rows.map { sources[$0] })) { results[row] = found }
    }
    return results
  }

  /// The best sequences for each source, best first; sources are token ids without padding.
  public func decode(_ sources: [[Int32]]) throws -> [[Hypothesis]] {
    try decode(sources.map(DecoderSource.tokens))
  }

  private func decode(batch sources: [DecoderSource]) throws -> [[Hypothesis]] {
    let networks = try networks(steps: lengths.source(sources.map(\.count).max() ?? 1))
    let encoded = networks.encode(sources)
    var searches = sources.map { source in
      BeamSearch(
        options, start: rules.startID ?? 1, end: rules.endID ?? 3, maxLength: maxLength(for: source.count))
    }
    var (states, parents) = (encoded.states, Array(sources.indices))
    var rows = parents
    networks.begin(encoded, rows: rows)
    while !rows.isEmpty {
      let tokens = searches.flatMap { $0.beginnings.map(\.last) }
      let result = networks.step(tokens, states, parents: parents)
      states = result.states
      let next = advance(&searches, result.probabilities)
      parents = next.parents
      if next.rows != rows, !next.rows.isEmpty { networks.begin(encoded, rows: next.rows) }
      rows = next.rows
    }
    return searches.map(\.results)
  }

  /// Continues the searches that aren't done by the probabilities of the next tokens.
  /// - Returns: for each beginning that is continued, its row and the number of the beginning before.
  private func advance(
    _ searches: inout [BeamSearch], _ probabilities: [Float]
  ) -> (rows: [Int], parents: [Int]) {
    var (rows, parents): ([Int], [Int]) = ([], [])
    let count = searches.reduce(0) { $0 + $1.beginnings.count }
    let width = probabilities.count / max(1, count)
    var best = BestContinuations(count: BeamSearch.continuations(options), without: excluded)
    var first = 0
    for row in searches.indices where !searches[row].isDone {
      let own = searches[row].beginnings.count
      best.clear()
      for number in 0..<own {
        let start = (first + number) * width
        best.add(
          probabilities.span.extracting(start..<start + width), of: number,
          searches[row].beginnings[number].logProbability)
      }
      for parent in searches[row].advance(best.sorted) {
        parents.append(first + parent)
        rows.append(row)
      }
      first += own
    }
    return (rows, parents)
  }

  private func maxLength(for source: Int) -> Int {
    // A vector's target is the main sequence.
    let longest = model.paddings?.others["y"] ?? (source == 0 ? model.padding : nil)
    return options.maxLength ?? max((longest?.length ?? 1) - 1, source + 10)
  }

  /// The networks for sources of that many tokens.
  private func networks(steps: Int) throws -> DecoderNetworks {
    if let known = networks.first(where: { $0.steps == steps }) { return known }
    if networks.count == Self.mostNetworks { networks.removeLast() }
    let made = try DecoderNetworks(
      split, weights: model.file.weights, steps: steps, rows: rowsAtOnce,
      beginnings: rowsAtOnce * options.width, threads: threads)
    networks.append(made)
    return made
  }
}

/// The most probable continuations of a row's beginnings.
private struct BestContinuations {
  private let count: Int
  private let excluded: [Int]
  private(set) var sorted: [BeamSearch.Continuation] = []

  /// - Parameter excluded: the ids of tokens that can't follow.
  init(count: Int, without excluded: [Int]) {
    (self.count, self.excluded) = (count, excluded)
    sorted.reserveCapacity(count + 1)
  }

  /// Begins another row.
  mutating func clear() { sorted.removeAll(keepingCapacity: true) }

  /// Adds the continuations of a beginning by the probabilities of the next token.
  mutating func add(_ probabilities: Span<Float>, of beginning: Int, _ logProbability: Float) {
    // A probability that can't be among the best is skipped without its logarithm.
    var least = threshold(logProbability)
    for token in probabilities.indices where probabilities[token] > least && !excluded.contains(token) {
      insert(
        BeamSearch.Continuation(
          beginning: beginning, token: Int32(token),
          logProbability: logProbability + logf(probabilities[token])))
      least = threshold(logProbability)
    }
  }

  private func threshold(_ logProbability: Float) -> Float {
    guard sorted.count == count, let last = sorted.last else { return 0 }
    return expf(last.logProbability - logProbability) * 0.999_99
  }

  private mutating func insert(_ continuation: BeamSearch.Continuation) {
    var position = sorted.count
    while position > 0, sorted[position - 1].logProbability < continuation.logProbability { position -= 1 }
    guard position < count else { return }
    sorted.insert(continuation, at: position)
    if sorted.count > count { sorted.removeLast() }
  }
}
