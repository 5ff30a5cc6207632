// The presets for sequences of numbers: a classifier of gestures, activities and sensor logs, and a transcriber of
// recordings, whose symbols may be anywhere in them.

extension Preset {
  /// Classifiers and transcribers of padded sequences, which skip padded steps.
  static let sequences = [classifier, transcriber]

  private static let classifier = Preset(
    "sequence-classifier", about: "two GRUs in both directions, for padded sequences of numbers",
    settings(epochs: 30), preparation: "rnn-window FILE.csv --sequence ID --label CLASS | rnn-pad"
  ) { sizes in
    Design(
      layers: "masking(\(sizes.paddingValue)) bidirectional(gru(64,return_sequences)) dropout(0.2) "
        + "bidirectional(gru(64)) dropout(0.2) dense(\(max(2, sizes.classes)),softmax)",
      loss: "sparse_categorical_crossentropy", metrics: "accuracy")
  }

  private static let transcriber = Preset(
    "transcriber", about: "two LSTMs in both directions with CTC, from recordings to symbols",
    settings(epochs: 30),
    preparation: "rnn-window LIST --transcripts | rnn-tokenize --mode char | rnn-pad"
  ) { sizes in
    Design(
      layers: "masking(\(sizes.paddingValue)) bidirectional(lstm(64,return_sequences)) dropout(0.1) "
        + "bidirectional(lstm(64,return_sequences)) dense(\(max(sizes.vocabulary(of: "target"), sizes.classes)),softmax)",
      loss: "ctc")
  }

  private static func settings(epochs: Int) -> Settings {
    var settings = Settings(batchSize: 32, epochs: epochs)
    settings.optimizer = "adam(0.002,clipnorm=1.0)"
    settings.restoresBest = true
    return settings
  }
}
