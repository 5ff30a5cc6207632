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
    if let targetVocabSize, !(5...Int(Int32.max)).contains(targetVocabSize) {
      throw ValidationError("--target-vocab-size must be at least 5: ids below 4 are reserved")
    }
  }

  /// Whether any of these options was given.
  var isGiven: Bool { shared || targetVocabSize != nil }
}
