// The preset for pairs of sequences: an encoder that reads the source in both directions, and a decoder that begins with
// the encoder's states and attends to its outputs (Luong et al. 2015, with the dot product as the score).

extension Preset {
  /// The translator, which reads the columns `source` and `target` and predicts the next token of the target.
  static let translators = [
    Preset(
      "translator", about: "a BiLSTM encoder and an LSTM decoder with attention, for pairs of texts",
      translatorSettings, tokenInputs: ["source", "target"],
      preparation: "rnn-tokenize --format pairs --mode char FILE | rnn-pad", design: translatorDesign)
  ]

  private static var translatorSettings: Settings {
    var settings = Settings(batchSize: 64, epochs: 15)
    settings.optimizer = "adam(0.001,clipnorm=1.0)"
    settings.restoresBest = true
    settings.groupsByLength = true
    return settings
  }

  /// Characters need a smaller network than words, of which there are thousands.
  @Sendable private static func translatorDesign(_ sizes: Sizes) -> Design {
    let (source, target) = (sizes.vocabulary(of: "source"), sizes.vocabulary(of: "target"))
    let isSmall = max(source, target) < 1000
    let (width, units, rate) = isSmall ? (64, 128, "") : (256, 256, " dropout(0.3)")
    return Design(
      layers: """
        encoder: {source} embedding(\(source),\(width),mask_zero)\(rate) \
        bidirectional(lstm(\(units / 2),return_sequences,return_state)); \
        h: {encoder.forward_h encoder.backward_h} concatenate; \
        c: {encoder.forward_c encoder.backward_c} concatenate; \
        decoder: {target} embedding(\(target),\(width),mask_zero)\(rate) \
        lstm(\(units),return_sequences,initial_state={h c}); \
        context: {decoder encoder} attention; \
        next: {decoder context} concatenate dense(\(units),tanh)\(rate) dense(\(target),softmax)
        """, loss: "sparse_categorical_crossentropy", metrics: "accuracy")
  }
}
