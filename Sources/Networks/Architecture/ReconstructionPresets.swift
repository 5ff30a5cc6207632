// The preset for windows that are their own targets: what it can't reconstruct is unlike the training data.
//
// P. Malhotra, A. Ramakrishnan, G. Anand, L. Vig, P. Agarwal and G. Shroff, "LSTM-based Encoder-Decoder for Multi-sensor Anomaly
// Detection" (ICML Anomaly Detection Workshop 2016): an LSTM summarizes the window in its last state, and another one
// writes the window from it. As in Keras's usual form, the decoder reads the summary at every step (RepeatVector).

extension Preset {
  /// Networks that reconstruct their inputs.
  static let reconstruction = [autoencoder]

  private static let autoencoder = Preset(
    "autoencoder", about: "an LSTM that reconstructs windows of a series from a summary, for anomalies",
    reconstructionSettings, preparation: "rnn-window --reconstruct"
  ) { sizes in
    Design(
      layers: "lstm(32) repeat_vector(\(sizes.steps)) lstm(32,return_sequences) "
        + "time_distributed(dense(\(sizes.features)))",
      loss: "mse", metrics: "mae")
  }

  private static var reconstructionSettings: Settings {
    var settings = Settings(batchSize: 32, epochs: 50)
    settings.optimizer = "adam(0.002,clipnorm=1.0)"
    settings.earlyStopping = "patience=8,restore_best"
    settings.restoresBest = true
    return settings
  }
}
