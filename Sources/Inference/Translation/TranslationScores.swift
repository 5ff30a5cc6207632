// How good translations are, compared with reference texts.

/// The scores of a corpus.
public struct TranslationScores {
  private var bleu = BLEU()
  private var characters = CharacterScore()
  private var equal = 0
  private var rows = 0

  /// No translations.
  public init() {}

  /// Adds a translation and its reference.
  public mutating func add(_ translation: String, reference: String) {
    bleu.add(translation, reference: reference)
    characters.add(translation, reference: reference)
    equal += translation == reference ? 1 : 0
    rows += 1
  }

  /// The names and values of the scores: the fraction of exact matches, BLEU and chrF.
  public var values: [(name: String, value: Double)] {
    [
      ("exact_match", rows == 0 ? 0 : Double(equal) / Double(rows)), ("bleu", bleu.score),
      ("chrf", characters.score),
    ]
  }
}
