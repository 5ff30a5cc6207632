// The options for models that produce a sequence for another one, such as a translation.

import ArgumentParser
import Inference

/// How sequences are searched.
struct TranslationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Translation and transcription: keep this many beginnings at each step (default: 1, the most probable token).
      """,
      valueName: "n"))
  var beam: Int?

  @Option(
    help: ArgumentHelp(
      """
      Translation: divide log probabilities by ((5 + length) / 6) to this power, so that longer results aren't at a \
      disadvantage (default: 1).
      """, valueName: "number"))
  var lengthPenalty: Float?

  @Option(help: ArgumentHelp("Translation: write the n best results of each row.", valueName: "n"))
  var nBest: Int?

  @Option(
    help: ArgumentHelp(
      "Translation: the most tokens of a result (default: as in training, or 10 more than the source).",
      valueName: "n"))
  var maxLength: Int?

  @Flag(
    help: """
      Translation: write the tokens of sources and results, and how much each token of a result attends to each of \
      its source, for rnn-plot attention.
      """)
  var attention = false

  func validate() throws {
    if let beam, !(1...256).contains(beam) {
      throw ValidationError("--beam \(beam) is not between 1 and 256")
    }
    if let lengthPenalty, !(0...10).contains(lengthPenalty) {
      throw ValidationError("--length-penalty \(lengthPenalty) is not between 0 and 10")
    }
    if let nBest, !(1...max(1, beam ?? 1)).contains(nBest) {
      throw ValidationError("--n-best \(nBest): use --beam \(max(2, nBest)) or more, and at least 1")
    }
    if let maxLength, !(1...100_000).contains(maxLength) {
      throw ValidationError("--max-length \(maxLength) is not between 1 and 100000")
    }
  }

  /// The first option that was given; nil if there is none.
  var given: String? { beam != nil ? "--beam" : givenForTranslation }

  /// The first option that was given and is only for translation; nil if there is none.
  var givenForTranslation: String? {
    let options = [
      ("--length-penalty", lengthPenalty != nil), ("--n-best", nBest != nil),
      ("--max-length", maxLength != nil), ("--attention", attention),
    ]
    return options.first(where: \.1)?.0
  }

  /// The settings of a search.
  var search: SearchOptions {
    var search = SearchOptions()
    search.width = beam ?? 1
    search.lengthPenalty = lengthPenalty ?? 1
    search.best = nBest ?? 1
    search.maxLength = maxLength
    return search
  }
}
