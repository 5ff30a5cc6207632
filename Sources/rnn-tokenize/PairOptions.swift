// The options for pairs of texts, such as sentences and their translations.

import ArgumentParser
import Sequences

/// What the two vocabularies of pairs are like.
struct PairOptions: ParsableArguments {
  @Flag(help: "Pairs: use one vocabulary for sources and targets.")
  var shared = false

  @Option(
    help: ArgumentHelp(
      "Pairs: the size of the targets' vocabulary (default: --vocab-size).", valueName: "n"))
  var targetVocabSize: Int?

  func validate() throws {
    if shared, targetVocabSize != nil {
      throw ValidationError("--target-vocab-size: with --shared, --vocab-size is the size of both")
    }
    try VocabularySize.check(targetVocabSize, "--target-vocab-size", reserved: 4)
  }

  /// Whether any of these options was given.
  var isGiven: Bool { shared || targetVocabSize != nil }
}
