// How well a model predicts a text: the perplexity, and the bits that an ideal coder would need.
//
//   loss                  the mean of -ln p over all tokens, in nats a token
//   perplexity            e ^ loss
//   bits                  loss / ln 2, in bits a token: a character, byte or word
//   bits_per_character    of words and bytes: all bits divided by all characters, a space after each word included

import Failures
import Glibc
import Sequences
import Tensor

/// The sums over a text's tokens.
struct LanguageEvaluation {
  private let distribution: TokenDistribution
  private let vocabulary: Vocabulary
  private var nats = 0.0
  private var tokens = 0
  private var characters = 0
  /// The targets that the vocabulary doesn't have.
  private var unknown = 0
  /// Whether the number of characters is known: not of words that the vocabulary doesn't have.
  private var knowsCharacters = true
  /// The number of characters of each token; nil for those without text.
  private let lengths: [Int?]

  /// Nil if the model doesn't predict the tokens of the text that it reads.
  init?(_ model: LoadedModel) throws {
    guard let distribution = try TokenDistribution(model), let vocabulary = model.vocabulary else {
      return nil
    }
    (self.distribution, self.vocabulary) = (distribution, vocabulary)
    let separator = vocabulary.rules.mode.keepsSpaces ? 0 : 1
    lengths = (0..<vocabulary.size).map { id in
      // A byte that continues a character is not counted.
      vocabulary.bytes(of: Int32(id)).map { $0.count { $0 & 0xC0 != 0x80 } + separator }
    }
  }

  /// Adds the outputs `[.., width]` for targets `[..]`; masked ones are not counted.
  mutating func add(_ outputs: Tensor, targets: Tensor, mask: [Bool]?) {
    let (values, ids) = (outputs.floats, targets.floats)
    guard values.count == ids.count * distribution.width else { return }
    for (index, target) in ids.enumerated() where mask?[index] ?? true {
      guard let id = Int(exactly: target), (0..<distribution.width).contains(id) else { continue }
      let start = index * distribution.width
      nats -= distribution.logarithm(of: id, in: values[start..<start + distribution.width])
      tokens += 1
      if Int32(id) == vocabulary.rules.unknownID { unknown += 1 }
      let length = id < lengths.count ? lengths[id] : nil
      characters += length ?? 0
      if length == nil { knowsCharacters = false }
    }
  }

  /// The names and values.
  var values: [(String, Double)] {
    guard tokens > 0 else { return [] }
    let loss = nats / Double(tokens)
    var values = [("perplexity", exp(loss)), ("bits", loss / M_LN2)]
    if vocabulary.rules.mode != .char, knowsCharacters, characters > 0 {
      values.append(("bits_per_character", nats / M_LN2 / Double(characters)))
    }
    return values
  }

  /// A warning about unknown tokens, whose probability is that of any of them; nil if there are none.
  var warning: String? {
    guard unknown > 0 else { return nil }
    return
      "\(unknown) of \(counted(tokens, "token")) \(unknown == 1 ? "is" : "are") not in the vocabulary and "
      + "\(unknown == 1 ? "counts" : "count") as the unknown token"
  }
}
