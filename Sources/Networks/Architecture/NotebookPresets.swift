// The presets for one sequence and one result: classifiers of numbers and of text, and a forecaster.

extension Preset {
  /// Classifiers and forecasters, each a chain of layers from the column `x`.
  static let notebook = [
    chain(
      "simple-rnn-classifier", about: "SimpleRNN(32) for short sequences of numbers", .classify,
      batchSize: 128, epochs: 100, "simple_rnn(32) dropout(0.3) dense(16,relu)"),
    sentiment("lstm", "lstm(64) dropout(0.5)", "LSTM(64) over an embedding, for text"),
    sentiment("gru", "gru(64) dropout(0.5)", "GRU(64) over an embedding, for text"),
    sentiment(
      "stacked",
      "lstm(64,return_sequences) dropout(0.3) lstm(32,return_sequences) dropout(0.3) lstm(16) dropout(0.3)",
      "three LSTMs over an embedding, for text"),
    sentiment(
      "bidirectional", "bidirectional(lstm(64)) dropout(0.5)", "an LSTM in both directions, for text"),
    chain(
      "lstm-forecaster", about: "two LSTMs for windows of a series", .forecast, batchSize: 32, epochs: 100,
      "lstm(50,return_sequences) dropout(0.2) lstm(50) dropout(0.2) dense(25,relu)"),
  ]

  /// The task of the last layer.
  private enum Task { case classify, forecast }

  private static func sentiment(_ name: String, _ body: String, _ about: String) -> Preset {
    chain(
      "\(name)-sentiment", about: about, .classify, batchSize: 128, epochs: 10, body, readsTokens: true)
  }

  private static func chain(
    _ name: String, about: String, _ task: Task, batchSize: Int, epochs: Int, _ body: String,
    readsTokens: Bool = false
  ) -> Preset {
    var settings = Settings(batchSize: batchSize, epochs: epochs)
    settings.validationSplit = 0.2
    return Preset(name, about: about, settings, tokenInputs: readsTokens ? [Topology.usualInput] : []) {
      sizes in
      let embedding = readsTokens ? "embedding(\(sizes.vocabulary(of: Topology.usualInput)),128) " : ""
      return Design(
        layers: "\(embedding)\(body) \(last(task, sizes))", loss: loss(task, sizes),
        metrics: task == .forecast ? "mae" : "accuracy")
    }
  }

  private static func last(_ task: Task, _ sizes: Sizes) -> String {
    switch task {
    case .forecast: forecast(sizes)
    case .classify where sizes.hasSeveralLabels: "dense(\(sizes.targets),sigmoid)"
    case .classify: sizes.classes > 2 ? "dense(\(sizes.classes),softmax)" : "dense(1,sigmoid)"
    }
  }

  private static func loss(_ task: Task, _ sizes: Sizes) -> String {
    switch task {
    case .forecast: "mse"
    case .classify where sizes.hasSeveralLabels: "binary_crossentropy"
    case .classify: sizes.classes > 2 ? "sparse_categorical_crossentropy" : "binary_crossentropy"
    }
  }
}
