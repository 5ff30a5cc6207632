// Beam search over the tokens of a sequence that a decoder produces step by step: at each step, the `width` most
// probable beginnings are kept. With a width of 1, it is greedy search.
//
// Hypotheses are ranked by their log probability divided by ((5 + length) / 6)^alpha, where the length includes the end
// mark (Wu et al. 2016, Google's Neural Machine Translation System, equation 14, without coverage). A row is done when
// it has `width` complete hypotheses and no beginning has a better score than the worst of them.

import Glibc

/// The settings of a search.
public struct SearchOptions: Sendable {
  /// The number of beginnings that are kept at each step.
  public var width = 1
  /// The exponent alpha: 0 doesn't favor longer sequences.
  public var lengthPenalty: Float = 1
  /// How many of the best hypotheses are wanted, at most `width`.
  public var best = 1
  /// The largest number of tokens, without the end mark; nil for what was the longest in training, or for as many tokens
  /// as the source has and ten more.
  public var maxLength: Int?

  /// Greedy search.
  public init() {}
}

/// A sequence of tokens that was produced.
public struct Hypothesis: Sendable {
  /// The token ids, without start and end.
  public internal(set) var tokens: [Int32]
  /// The logarithm of the sequence's probability.
  public internal(set) var logProbability: Float
  /// The score by which hypotheses are ranked.
  public internal(set) var score: Float
  /// Whether it ended with the end mark, rather than because it was too long.
  public internal(set) var isComplete: Bool
}

/// The search of one row.
struct BeamSearch {
  /// A beginning of a sequence.
  struct Beginning {
    var tokens: [Int32]
    var logProbability: Float
    /// The last token, which the decoder reads next.
    var last: Int32 { tokens.last ?? 0 }
  }

  /// A continuation: a beginning and the token that follows it.
  struct Continuation {
    let beginning: Int
    let token: Int32
    let logProbability: Float
  }

  private let options: SearchOptions
  private let end: Int32
  private let maxLength: Int
  /// The beginnings that are still continued; their tokens include the start.
  private(set) var beginnings: [Beginning]
  private var complete: [Hypothesis] = []

  init(_ options: SearchOptions, start: Int32, end: Int32, maxLength: Int) {
    (self.options, self.end, self.maxLength) = (options, end, maxLength)
    beginnings = [Beginning(tokens: [start], logProbability: 0)]
  }

  /// Whether nothing is continued.
  var isDone: Bool { beginnings.isEmpty }

  private func score(_ logProbability: Float, length: Int) -> Float {
    logProbability / powf(Float(5 + length) / 6, options.lengthPenalty)
  }

  /// How many continuations `advance` needs: in greedy search one, else two for each beginning, as half of them may end.
  static func continuations(_ options: SearchOptions) -> Int { options.width == 1 ? 1 : 2 * options.width }

  /// Takes the most probable continuations, best first.
  /// - Returns: for each beginning that is continued from now on, the number of the one before.
  mutating func advance(_ continuations: [Continuation]) -> [Int] {
    var (next, parents): ([Beginning], [Int]) = ([], [])
    let length = beginnings[0].tokens.count
    for (rank, continuation) in continuations.enumerated() where next.count < options.width {
      if continuation.token == end {
        guard rank < options.width else { continue }
        let tokens = beginnings[continuation.beginning].tokens
        finish(tokens, continuation.logProbability, length: length, isComplete: true)
      } else {
        next.append(continued(continuation))
        parents.append(continuation.beginning)
      }
    }
    beginnings = next
    guard length <= maxLength, !isSettled(length: length + 1) else {
      stop()
      return []
    }
    return parents
  }

  private mutating func continued(_ continuation: Continuation) -> Beginning {
    var tokens: [Int32] = []
    // Greedy search continues a beginning only once, so its tokens needn't be copied.
    if options.width == 1 {
      swap(&tokens, &beginnings[continuation.beginning].tokens)
    } else {
      tokens = beginnings[continuation.beginning].tokens
    }
    tokens.append(continuation.token)
    return Beginning(tokens: tokens, logProbability: continuation.logProbability)
  }

  private mutating func finish(_ tokens: [Int32], _ logProbability: Float, length: Int, isComplete: Bool) {
    complete.append(
      Hypothesis(
        tokens: Array(tokens.dropFirst()), logProbability: logProbability,
        score: score(logProbability, length: length), isComplete: isComplete))
  }

  /// Whether no beginning can be better than the complete hypotheses.
  private func isSettled(length: Int) -> Bool {
    guard complete.count >= options.width, let best = beginnings.first else { return beginnings.isEmpty }
    if options.width == 1 { return true }
    let worst = complete.map(\.score).sorted(by: >)[options.width - 1]
    return score(best.logProbability, length: length) <= worst
  }

  /// Ends the search; what is not complete counts only where too little is.
  private mutating func stop() {
    if complete.count < options.best {
      for beginning in beginnings {
        let tokens = Array(beginning.tokens.prefix(maxLength + 1))
        finish(tokens, beginning.logProbability, length: tokens.count, isComplete: false)
      }
    }
    beginnings = []
  }

  /// The best hypotheses, best first; those that ended with the end mark before others.
  var results: [Hypothesis] {
    let order = complete.enumerated().sorted { a, b in
      if a.element.isComplete != b.element.isComplete { return a.element.isComplete }
      return (b.element.score, a.offset) < (a.element.score, b.offset)
    }
    return order.prefix(options.best).map(\.element)
  }
}
