// The presets for a tag of each word: the word's own vector joined with one from its characters, a bidirectional LSTM
// over the sentence, and a softmax or a conditional random field (Lample et al. 2016, Ma and Hovy 2016).

extension Preset {
  /// Taggers of the columns `x` and `chars`.
  static let taggers = [
    tagger("tagger", about: "words and their characters through LSTMs, for tags and entities") {
      $0.hasEntities
    },
    tagger("crf-tagger", about: "the same with a conditional random field for any tags") { _ in true },
  ]

  /// - Parameter usesField: whether tags depend on the tags before them.
  private static func tagger(
    _ name: String, about: String, usesField: @escaping @Sendable (Sizes) -> Bool
  ) -> Preset {
    var settings = Settings(batchSize: 16, epochs: 20)
    settings.optimizer = "adam(0.002,clipnorm=5.0)"
    settings.reduceRate = "factor=0.5,patience=1"
    settings.earlyStopping = "monitor=val_accuracy,patience=5,restore_best"
    return Preset(
      name, about: about, settings, tokenInputs: [Topology.usualInput, "chars"],
      preparation: "rnn-tokenize --format conllu FILE | rnn-pad"
    ) { sizes in
      let field = usesField(sizes)
      let last = field ? "dense(\(sizes.classes)) crf" : "dense(\(sizes.classes),softmax)"
      return Design(
        layers: """
          words: {x} embedding(\(sizes.vocabulary(of: Topology.usualInput)),100,mask_zero); \
          letters: {chars} word_characters(\(sizes.vocabulary(of: "chars")),32,lstm(64)); \
          tags: {words letters} concatenate dropout(0.5) bidirectional(lstm(150,return_sequences)) dropout(0.5) \(last)
          """,
        loss: field ? "crf" : "sparse_categorical_crossentropy", metrics: "accuracy")
    }
  }
}
