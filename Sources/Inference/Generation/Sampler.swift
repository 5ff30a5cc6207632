// Choosing the next token from the distribution that a network predicts: temperature, then the k most probable tokens,
// then the most probable ones that together have the probability p, as in Hugging Face's transformers.
//
// Temperature T divides the logarithms of the probabilities, which are the logits up to a constant: below 1, probable
// tokens become more probable; at 0 the most probable one is always taken (greedy decoding), ties by the smaller id.
//   Holtzman and others, The Curious Case of Neural Text Degeneration, 2019 (top p); Fan and others, Hierarchical Neural
//   Story Generation, 2018 (top k).

import Failures
import Glibc
import RandomNumbers

/// How tokens are chosen.
public struct Sampling: Sendable, Equatable {
  /// The temperature; 0 always takes the most probable token.
  public var temperature: Double
  /// Only so many of the most probable tokens are chosen from; nil for all.
  public var topK: Int?
  /// Only the most probable tokens are chosen from that together have this probability; nil for all.
  public var topP: Double?
  /// The seed of the random numbers.
  public var seed: UInt64

  /// - Throws: `Failure` (usage) if a number is out of range.
  public init(temperature: Double = 1, topK: Int? = nil, topP: Double? = nil, seed: UInt64 = 0)
    throws(Failure)
  {
    guard temperature >= 0, temperature <= 1000 else {
      throw .usage("\(temperature) is not between 0 and 1000", at: "--temperature")
    }
    if let topK, topK < 1 { throw .usage("\(topK) is below 1", at: "--top-k") }
    if let topP, !(topP > 0 && topP <= 1) {
      throw .usage("\(topP) is not above 0 and at most 1", at: "--top-p")
    }
    (self.temperature, self.topK, self.topP, self.seed) = (temperature, topK, topP, seed)
  }
}

/// Chooses tokens. The choices are a function of the seed, the sequence and the distributions alone.
public struct Sampler {
  private let sampling: Sampling
  private var random: RandomStream
  /// The random streams of generation ("text" in ASCII); one for each sequence.
  private static let stream: UInt64 = 0x7465_7874_0000_0000

  /// - Parameter sequence: the number of the generated sequence.
  public init(_ sampling: Sampling, sequence: Int = 0) {
    self.sampling = sampling
    random = RandomStream(seed: sampling.seed, stream: Self.stream &+ UInt64(truncatingIfNeeded: sequence))
  }

  /// A token of the distribution with these logarithms of probabilities, up to a constant; -infinity excludes a token.
  /// Nil if every token is excluded.
  public mutating func next(_ logarithms: [Double]) -> Int? {
    guard let best = logarithms.indices.max(by: { logarithms[$0] < logarithms[$1] }),
      logarithms[best] > -.infinity
    else { return nil }
    if sampling.temperature == 0 { return logarithms.firstIndex(of: logarithms[best]) }
    let weights = logarithms.map { exp(($0 - logarithms[best]) / sampling.temperature) }
    return draw(weights, among: candidates(weights))
  }

  /// The tokens to choose from, in ascending order.
  private func candidates(_ weights: [Double]) -> [Int] {
    guard sampling.topK != nil || sampling.topP ?? 1 < 1 else { return Array(weights.indices) }
    var order = weights.indices.sorted { (-weights[$0], $0) < (-weights[$1], $1) }
    if let topK = sampling.topK { order = Array(order.prefix(topK)) }
    if let topP = sampling.topP {
      let total = order.reduce(0) { $0 + weights[$1] }
      var sum = 0.0
      let end = order.firstIndex { token in
        sum += weights[token]
        return sum >= topP * total
      }
      if let end { order = Array(order[...end]) }
    }
    return order.sorted()
  }

  private mutating func draw(_ weights: [Double], among tokens: [Int]) -> Int? {
    var rest = random.uniform() * tokens.reduce(0) { $0 + weights[$1] }
    for token in tokens {
      rest -= weights[token]
      if rest < 0 { return token }
    }
    // Rounding: the last one that can occur.
    return tokens.last { weights[$0] > 0 }
  }
}
