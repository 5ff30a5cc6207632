// A vocabulary as plain text: one token a line, in the order of the ids.

import ByteStreams
import Failures
import TensorFile

extension Vocabulary {
  /// Reads tokens, one a line (`\t`, `\n` and `\\` escaped as in text), of which the first gets
  /// `rules.firstID`.
  /// - Parameter limit: what every id must be below; later tokens are left out.
  /// - Throws: `Failure` where a token occurs twice, or is none that `rules` would make of a text.
  public init(
    tokensOf source: any ByteSource, named name: String, rules: TokenRules, limit: Int? = nil
  ) throws {
    var lines = LineReader(source, named: name)
    var cutter = TokenCutter(rules)
    var tokens: [ArraySlice<UInt8>] = []
    while let line = try lines.next(), tokens.count + rules.firstID < limit ?? .max {
      let token = TextLine.unescaped(line)
      guard cutter.leaves(token) else {
        throw Failure.data(
          "line \(lines.number): no text has the token \"\(String(decoding: token, as: UTF8.self))\"",
          at: name,
          remedy: "see --mode, --no-lower and --filters")
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
