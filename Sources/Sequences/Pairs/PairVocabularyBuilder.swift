// Counts the tokens of pairs and builds the vocabularies of both sides, or one for both.

import Failures
import TensorFile

/// What the vocabularies of pairs are to be like.
public struct PairVocabularyOptions: Sendable {
  /// How text is split into tokens.
  public var rules: TokenRules
  /// Whether both sides have the same tokens.
  public var isShared = false
  /// The upper bounds of the ids of both sides, exclusive; nil for no bound, or of subwords for the usual one.
  public var sourceLimit: Int?, targetLimit: Int?
  /// How often a token, or a pair of subwords, must occur.
  public var minimum: Int?

  /// A vocabulary of all tokens for each side.
  public init(rules: TokenRules) { self.rules = rules }
}

/// Counts pairs, chunk by chunk.
public struct PairVocabularyBuilder {
  private let options: PairVocabularyOptions
  private var source: VocabularyBuilder
  private var target: VocabularyBuilder
  /// The number of counted rows.
  public var countedRows: Int { source.countedRows }

  /// - Parameter threads: the number of threads, at least 1.
  public init(_ options: PairVocabularyOptions, threads: Int) {
    self.options = options
    source = VocabularyBuilder(rules: PairVocabularies.sourceRules(options.rules), threads: threads)
    target = VocabularyBuilder(rules: PairVocabularies.targetRules(options.rules), threads: threads)
  }

  /// Counts the rows of a chunk that are in part 0, or all if it is not split.
  public mutating func add(_ chunk: Chunk) throws(Failure) {
    let isCounted = try chunk.isTrainingRow()
    try source.add(chunk.texts("source"), where: isCounted)
    if options.isShared { try source.addTargets(chunk) } else { try target.addTargets(chunk) }
  }

  /// The vocabularies of the most frequent tokens.
  /// - Throws: `Failure` if no tokens were counted, or none often enough.
  public func fit() throws(Failure) -> PairVocabularies {
    let first = try fit(source, options.sourceLimit)
    guard options.isShared else {
      return PairVocabularies(source: first, target: try fit(target, options.targetLimit))
    }
    return PairVocabularies(
      source: first, target: try first.with(rules: PairVocabularies.targetRules(options.rules)))
  }

  private func fit(_ builder: VocabularyBuilder, _ limit: Int?) throws(Failure) -> Vocabulary {
    try builder.vocabulary(limit: limit, minimum: options.minimum)
  }
}

extension VocabularyBuilder {
  /// How many ids a vocabulary of subwords has unless told otherwise.
  public static let usualSubwords = 8000

  /// The vocabulary of the most frequent tokens, or of subwords.
  /// - Parameters:
  ///   - limit: the upper bound of ids, exclusive; nil for no bound, or of subwords for 8000.
  ///   - minimum: how often a token must occur (default: 1), or a pair of subwords (default: 2).
  public func vocabulary(limit: Int?, minimum: Int?) throws(Failure) -> Vocabulary {
    rules.mode == .bpe
      ? try fitSubwords(limit: limit ?? Self.usualSubwords, minimum: minimum ?? 2)
      : try fit(limit: limit, minimum: minimum ?? 1).vocabulary
  }
}
