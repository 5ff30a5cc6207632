// Presets: common models by name. The sizes of embeddings and last layers are determined by the training data.

import Failures
import Spelling

/// A named model with its usual training settings.
public struct Preset: Sendable {
  /// Properties of the training data that determine sizes.
  public struct Sizes: Sendable {
    /// The number of ids in the vocabulary, for token ids.
    public var vocabulary: Int
    /// The number of values in a row's target.
    public var targets: Int
    /// The number of classes, if targets are class ids.
    public var classes: Int
    /// Whether a row can have any number of classes, with a target of 0 or 1 for each.
    public var hasSeveralLabels: Bool

    /// The sizes of a stream; those that the preset's task doesn't use are ignored.
    public init(vocabulary: Int, targets: Int, classes: Int, hasSeveralLabels: Bool = false) {
      self.hasSeveralLabels = hasSeveralLabels
      self.vocabulary = vocabulary
      self.targets = targets
      self.classes = classes
    }
  }

  /// The task of the last layer.
  public enum Task: Sendable { case classify, forecast }

  /// The name on the command line.
  public let name: String
  /// A one-line description.
  public let about: String
  /// The task of the last layer and the loss.
  public let task: Task
  /// The default batch size.
  public let batchSize: Int
  /// The default number of epochs.
  public let epochs: Int
  /// The fraction of the rows that it is validated on, if the data has no validation part.
  public var validationSplit: Double { 0.2 }
  /// Whether it begins with an embedding and so reads token ids.
  public let readsTokens: Bool
  private let body: String

  /// All presets.
  public static let all = [
    Preset(
      name: "simple-rnn-classifier", about: "SimpleRNN(32) for short sequences of numbers", task: .classify,
      batchSize: 128, epochs: 100, readsTokens: false, body: "simple_rnn(32) dropout(0.3) dense(16,relu)"),
    sentiment("lstm", "lstm(64) dropout(0.5)", "LSTM(64) over an embedding, for text"),
    sentiment("gru", "gru(64) dropout(0.5)", "GRU(64) over an embedding, for text"),
    sentiment(
      "stacked",
      "lstm(64,return_sequences) dropout(0.3) lstm(32,return_sequences) dropout(0.3) lstm(16) dropout(0.3)",
      "three LSTMs over an embedding, for text"),
    sentiment(
      "bidirectional", "bidirectional(lstm(64)) dropout(0.5)", "an LSTM in both directions, for text"),
    Preset(
      name: "lstm-forecaster", about: "two LSTMs for windows of a series", task: .forecast, batchSize: 32,
      epochs: 100, readsTokens: false,
      body: "lstm(50,return_sequences) dropout(0.2) lstm(50) dropout(0.2) dense(25,relu)"),
  ]

  private static func sentiment(_ name: String, _ body: String, _ about: String) -> Preset {
    Preset(
      name: "\(name)-sentiment", about: about, task: .classify, batchSize: 128, epochs: 10, readsTokens: true,
      body: body)
  }

  /// The preset with this name; throws `Failure` (usage) that suggests the nearest name.
  public static func named(_ name: String) throws -> Preset {
    guard let preset = all.first(where: { $0.name == name }) else {
      throw Failure.usage("unknown preset '\(name)'", remedy: suggestion(for: name, among: all.map(\.name)))
    }
    return preset
  }

  /// The layers for data with these sizes.
  public func layers(_ sizes: Sizes) throws -> [LayerSpec] {
    let embedding = readsTokens ? "embedding(\(sizes.vocabulary),128) " : ""
    return try LayerSpec.parse(embedding + body + " " + last(sizes))
  }

  private func last(_ sizes: Sizes) -> String {
    switch task {
    case .forecast: "dense(\(sizes.targets))"
    case .classify where sizes.hasSeveralLabels: "dense(\(sizes.targets),sigmoid)"
    case .classify: sizes.classes > 2 ? "dense(\(sizes.classes),softmax)" : "dense(1,sigmoid)"
    }
  }

  /// Keras's name of the loss.
  public func loss(_ sizes: Sizes) -> String {
    switch task {
    case .forecast: "mse"
    case .classify where sizes.hasSeveralLabels: "binary_crossentropy"
    case .classify: sizes.classes > 2 ? "sparse_categorical_crossentropy" : "binary_crossentropy"
    }
  }

  /// Keras's name of the metric.
  public var metric: String { task == .forecast ? "mae" : "accuracy" }
}
