// The options for tokenization and ids.

import ArgumentParser
import Sequences

extension TokenMode: ExpressibleByArgument {}

/// How text is tokenized; can't be combined with a model's vocabulary.
struct TokenOptions: ParsableArguments {
  @Option(help: "The unit of tokenization (default: word).")
  var mode: TokenMode?

  @Flag(help: "Don't convert text to lower case.")
  var noLower = false

  @Option(
    help: ArgumentHelp(
      "The characters that separate words, besides the space (default: those of Keras's Tokenizer).",
      valueName: "characters"))
  var filters: String?

  @Flag(help: "Don't begin each sequence with the start id, 1.")
  var noStart = false

  @Flag(help: "Use the ids of Keras's Tokenizer: tokens from 1, no start id, unknown tokens omitted.")
  var kerasIds = false

  @Option(
    help: ArgumentHelp(
      "With --keras-ids: the name of the token for unknown tokens, with id 1.", valueName: "name"))
  var oovToken: String?

  func validate() throws {
    if filters != nil, let mode, mode != .word {
      throw ValidationError("--filters requires --mode word")
    }
    if oovToken != nil, !kerasIds { throw ValidationError("--oov-token requires --keras-ids") }
  }

  /// Whether any of these options was given.
  var isGiven: Bool {
    mode != nil || noLower || filters != nil || noStart || kerasIds || oovToken != nil
  }

  var rules: TokenRules { rules(usual: .word) }

  /// The rules; `usual` is the unit of tokenization unless another one is given.
  func rules(usual: TokenMode) -> TokenRules {
    TokenRules(
      mode: mode ?? usual, lower: !noLower, filters: filters ?? TokenRules.kerasFilters, start: !noStart,
      kerasIDs: kerasIds, unknownToken: oovToken)
  }
}
