// A vocabulary as plain text: one token per line, in the order of the ids.

import ByteStreams
import Failures
import TensorFile

extension Vocabulary {
  /// Reads tokens, one per line (with `\t`, `\n` and `\\` escaped as in text). The first one gets the id
  /// `rules.firstID`.
  /// - Parameter limit: the upper bound of ids, exclusive; further tokens are ignored.
  /// - Throws: `Failure` if a token is repeated, or can't result from a text with these `rules`.
  public init(
    tokensOf source: PeekedSource, named name: String, rules: TokenRules, limit: Int? = nil
  ) throws {
    var source = source
    guard try !WordVectors.begin(source.peek(1 << 16)) else {
      throw Failure.data(
        "holds word vectors, not a vocabulary", at: name,
        remedy: "give them to an embedding with rnn-train --init \(name)")
    }
    guard rules.mode != .bpe else {
      throw Failure.data(
        "a list of tokens doesn't say how they are merged", at: name,
        remedy: "use a tokenizer.json, a stream or a model with subwords")
    }
    var lines = LineReader(source, named: name)
    var tokenizer = Tokenizer(rules)
    var tokens: [ArraySlice<UInt8>] = []
    while let line = try lines.next(), tokens.count + rules.firstID < limit ?? .max {
      let token = TextLine.unescaped(line)
      let isToken = tokenizer.isToken(token)
      try tokenizer.checkWords()
      guard isToken else {
        throw Failure.data(
          "line \(lines.number): with these options, no text contains the token \"\(String(decoding: token, as: UTF8.self))\"",
          at: name,
          remedy: "check --mode, --no-lower and --filters")
      }
      tokens.append(Array(token)[...])
    }
    do {
      try self.init(rules: rules, tokens: tokens)
    } catch {
      throw error.placed(at: name)
    }
  }
}
