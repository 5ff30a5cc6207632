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
    lines.longestLine = 1 << 20
    var (bytes, ends): ([UInt8], [Int]) = ([], [])
    while let line = try lines.next(), ends.count + rules.firstID < limit ?? .max {
      let token = TextLine.unescaped(line)
      let isToken = tokenizer.isToken(token)
      try tokenizer.checkWords()
      guard isToken else {
        throw Failure.data(
          "line \(lines.number): with these options, no text contains the token \"\(String(decoding: token, as: UTF8.self))\"",
          at: name,
          remedy: "check --mode, --no-lower and --filters")
      }
      bytes += token
      ends.append(bytes.count)
      guard bytes.count + 4 * ends.count <= TokenRanking.mostBytes else {
        throw Failure.data(
          "the tokens take more than \(TokenRanking.mostBytes >> 20) MiB", at: name,
          remedy: "limit them with --vocab-size")
      }
    }
    do {
      let tokens = zip([0] + ends, ends).lazy.map { bytes[$0..<$1] }
      try self.init(rules: rules, tokens: tokens)
    } catch {
      throw error.placed(at: name)
    }
  }
}
