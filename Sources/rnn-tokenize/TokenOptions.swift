// The options that say how text is cut and numbered.

import ArgumentParser
import Sequences

extension TokenMode: ExpressibleByArgument {}
extension TextFormat: ExpressibleByArgument {}

/// How text becomes tokens; nothing of it is given where a model says it.
struct TokenOptions: ParsableArguments {
  @Option(help: "What a token is (default: word).")
  var mode: TokenMode?

  @Flag(help: "Keep capital letters.")
  var noLower = false

  @Option(
    help: ArgumentHelp(
      "The characters that separate words beside the space (default: those of Keras's Tokenizer).",
      valueName: "characters"))
  var filters: String?

  @Flag(help: "Don't begin each sequence with id 1.")
  var noStart = false

  @Flag(help: "Ids as Keras's Tokenizer gives them: tokens from 1, no start, unknown tokens left out.")
  var kerasIds = false

  @Option(
    help: ArgumentHelp("With --keras-ids: unknown tokens get id 1, under this name.", valueName: "name"))
  var oovToken: String?

  func validate() throws {
    if filters != nil, let mode, mode != .word {
      throw ValidationError("--filters separates words; --mode \(mode.rawValue) has none")
    }
    if oovToken != nil, !kerasIds { throw ValidationError("--oov-token goes with --keras-ids") }
  }

  /// Whether any of these options was given.
  var isGiven: Bool {
    mode != nil || noLower || filters != nil || noStart || kerasIds || oovToken != nil
  }

  var rules: TokenRules {
    TokenRules(
      mode: mode ?? .word, lower: !noLower, filters: filters ?? TokenRules.kerasFilters, start: !noStart,
      kerasIDs: kerasIds, unknownToken: oovToken)
  }
}
