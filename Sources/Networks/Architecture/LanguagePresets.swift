// The presets that predict the next token of a text: of any text, or of the description of a vector.

extension Preset {
  /// Models of text.
  static let language = [
    Preset(
      "char-lm", about: "two LSTM(256) that predict the next token of a text, for --generate", characters,
      tokenInputs: [Topology.usualInput],
      preparation: "rnn-tokenize --document --mode char FILE | rnn-window --length 256"
    ) { sizes in
      let count = sizes.vocabulary(of: Topology.usualInput)
      // The state is carried along the text where rows continue one another.
      let state = sizes.isContinuous ? ",stateful" : ""
      return Design(
        layers: "embedding(\(count),64) lstm(256,return_sequences\(state)) dropout(0.2) "
          + "lstm(256,return_sequences\(state)) dropout(0.2) dense(\(count),softmax)",
        loss: "sparse_categorical_crossentropy", metrics: "accuracy")
    },
    Preset(
      "captioner", about: "an LSTM(256) that begins with a vector and produces its description", captions,
      tokenInputs: ["target"],
      preparation: "rnn-tokenize FILE | rnn-pad, from the columns vector and target"
    ) { sizes in
      let count = sizes.vocabulary(of: "target")
      return Design(
        layers: """
          vector: input(vector); \
          h: {vector} dense(256,tanh); \
          c: {vector} dense(256,tanh); \
          words: {target} embedding(\(count),128,mask_zero) lstm(256,return_sequences,initial_state={h c}); \
          next: {words} dropout(0.2) dense(\(count),softmax)
          """, loss: "sparse_categorical_crossentropy", metrics: "accuracy")
    },
  ]

  private static var captions: Settings {
    var settings = Settings(batchSize: 64, epochs: 15)
    settings.optimizer = "adam(cosine(0.003,all),clipnorm=1.0)"
    settings.restoresBest = true
    return settings
  }

  /// All of the text is for training: a held-out part is one of rnn-split.
  private static var characters: Settings {
    var settings = Settings(batchSize: 16, epochs: 12)
    settings.optimizer = "adam(cosine(0.004,all),global_clipnorm=1.0)"
    settings.validationSplit = 0
    return settings
  }
}
