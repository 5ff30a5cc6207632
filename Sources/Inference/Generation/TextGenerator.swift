// Generates text token by token: the network reads one token at a time, keeps its state, and the next token is drawn from
// the distribution that it predicts. The cost of a token doesn't depend on the length of the text so far.

import Failures
import Networks
import Sequences

/// Continues a text with the tokens that a model predicts.
public final class TextGenerator {
  private let network: StepNetwork
  private let vocabulary: Vocabulary
  private let distribution: TokenDistribution
  private let prompt: Prompt
  private var text: TokenText
  private var sampler: Sampler
  private var stops: StopFinder
  /// The number of tokens generated so far.
  public private(set) var count = 0
  /// Whether a stop string ended the text.
  public var hasStopped: Bool { stops.hasStopped }
  /// The words of the prompt that the model doesn't know.
  public var unknownWords: [String] { prompt.unknownWords }

  /// - Parameters:
  ///   - prompt: the text to continue.
  ///   - stops: texts before which generation ends.
  /// - Throws: `Failure` (usage) if the model doesn't predict the next token of a text, can't do so step by step, or
  ///   doesn't know a character of the prompt.
  public init(_ model: LoadedModel, prompt: String, _ sampling: Sampling, stops: [String]) throws {
    guard let vocabulary = model.vocabulary, let distribution = try TokenDistribution(model) else {
      throw Failure.usage(
        "\(model.path) doesn't predict the next token of a text", at: "--generate",
        remedy: "train a model such as --preset char-lm on windows of rnn-tokenize --document")
    }
    (self.vocabulary, self.distribution) = (vocabulary, distribution)
    self.prompt = try Prompt(prompt, vocabulary)
    network = StepNetwork(try model.file.streamingNetwork())
    text = TokenText(vocabulary, after: prompt)
    sampler = Sampler(sampling)
    self.stops = StopFinder(stops)
  }

  /// Generates up to `limit` tokens, and passes their text to `write` as it is known, token by token.
  public func generate(_ limit: Int, _ write: ([UInt8]) throws -> Void) throws {
    for index in prompt.ids.indices { network.run(.tokens(prompt.ids), at: index) }
    while count < limit, !stops.hasStopped, let id = nextToken() {
      try write(stops.pass(text.append(id)))
      count += 1
      if count < limit { network.run(.tokens([id]), at: 0) }
    }
    try write(stops.finish())
  }

  /// A token with text: padding, start and unknown tokens are never generated.
  private func nextToken() -> Int32? {
    var logarithms = distribution.logarithms(network.output.suffix(distribution.width))
    for id in logarithms.indices where id < vocabulary.rules.firstID || id >= vocabulary.size {
      logarithms[id] = -.infinity
    }
    return sampler.next(logarithms).map(Int32.init)
  }
}
