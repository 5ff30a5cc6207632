// The options for tokenization and ids.

import ArgumentParser
import Sequences

extension TokenMode: ExpressibleByArgument {}

/// How text is tokenized; can't be combined with a model's vocabulary.
struct TokenOptions: ParsableArguments {
  @Option(help: "The unit of tokenization (default: word).")
  var mode: TokenMode?

  @Flag(
    inversion: .prefixedNo, help: "Convert text to lower case (default: yes, but not with --document).")
  var lower: Bool?

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
    mode != nil || lower != nil || filters != nil || noStart || kerasIds || oovToken != nil
  }

  /// The rules for rows of text, each of which begins with the start id, or for a document, which has none.
  /// - Parameter usual: the unit of tokenization unless another one is given.
  func rules(isDocument: Bool = false, usual: TokenMode = .word) -> TokenRules {
    TokenRules(
      mode: mode ?? usual, lower: lower ?? !isDocument, filters: filters ?? TokenRules.kerasFilters,
      start: !noStart && !isDocument, kerasIDs: kerasIds, unknownToken: oovToken, prefixSpace: !isDocument)
  }
}
