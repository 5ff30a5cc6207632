// The contents of model files. Weights have Keras's names and shapes; the metadata has the architecture, the training
// objective, and the metadata of the training data (vocabulary, padding, windows, scaling, class names), so that
// predictions can be made from raw input.

import Failures
import JSON
import Tensor
import TensorFile

/// A model, stored in a stream's header.
public struct ModelFile: Sendable {
  /// The layers and the input's shape.
  public let architecture: Architecture
  /// The training objective.
  public let objective: ObjectiveText
  /// The weights by name, in Keras's layouts.
  public let weights: [String: Tensor]
  /// All metadata and side tensors, including those of the data.
  public let header: StreamHeader

  /// Creates a model from a trained network.
  ///
  /// - Parameter facts: the header of the training data, whose metadata is kept.
  public init(_ network: Network, _ objective: ObjectiveText, facts: StreamHeader) {
    var weights: [String: Tensor] = [:]
    for parameter in network.parameters {
      weights[parameter.name] = Tensor(parameter.array, shape: parameter.shape)
    }
    self.init(network.architecture, weights: weights, objective, facts: facts)
  }

  /// Creates a model from weights.
  public init(
    _ architecture: Architecture, weights: [String: Tensor], _ objective: ObjectiveText, facts: StreamHeader
  ) {
    var header = StreamHeader(kind: "model")
    header.metadata.merge(
      facts.metadata.filter { $0.key.hasPrefix("rnn.") && !Self.dropped.contains($0.key) }
    ) {
      first, _ in first
    }
    header.side = facts.side.filter { $0.key.hasPrefix("rnn.") }
    header.side.merge(weights) { _, weight in weight }
    header.metadata["rnn.architecture"] = architecture.json.text
    header.metadata["rnn.training"] = objective.json.text
    self.architecture = architecture
    self.weights = weights
    self.objective = objective
    self.header = header
  }

  /// Metadata of a stream that is not copied to a model trained on it.
  private static let dropped: Set<String> = ["rnn.kind", "rnn.split", "rnn.format"]

  /// The prefix of the best epoch's weights in a model whose own weights are from another epoch.
  public static let bestPrefix = "rnn.best."
  private static let bestFact = "rnn.best"

  /// The model with the best epoch's weights in addition to its own.
  ///
  /// - Parameter facts: the number of the epoch, and the metric by which it was the best.
  public func adding(best: [String: Tensor], facts: JSONValue) -> ModelFile {
    var header = header
    for (name, weight) in best { header.side[Self.bestPrefix + name] = weight }
    header.metadata[Self.bestFact] = facts.text
    return ModelFile(self, header: header, weights: weights)
  }

  /// The model with the best epoch's weights instead of its own; nil if it doesn't have them.
  public var best: ModelFile? {
    let best = header.side.filter { $0.key.hasPrefix(Self.bestPrefix) }
    guard !best.isEmpty else { return nil }
    let weights = Dictionary(
      uniqueKeysWithValues: best.map { (String($0.key.dropFirst(Self.bestPrefix.count)), $0.value) })
    var header = header
    header.side = header.side.filter { !$0.key.hasPrefix(Self.bestPrefix) }.merging(weights) { _, best in best
    }
    let narrow = header.narrow.filter { $0.key.hasPrefix(Self.bestPrefix) }
    header.narrow = Dictionary(
      uniqueKeysWithValues: narrow.map { (String($0.key.dropFirst(Self.bestPrefix.count)), $0.value) })
    header.metadata[Self.bestFact] = nil
    return ModelFile(self, header: header, weights: weights)
  }

  private init(_ other: ModelFile, header: StreamHeader, weights: [String: Tensor]) {
    (architecture, objective) = (other.architecture, other.objective)
    (self.header, self.weights) = (header, weights)
  }

  /// Reads a model; throws `Failure` (data) if the header isn't a model's, its architecture is damaged, or a weight is
  /// missing or misshapen.
  public init(header: StreamHeader) throws {
    guard header.kind == "model", let text = header.metadata["rnn.architecture"] else {
      throw Failure.data(
        header.kind.isEmpty || header.kind == "model"
          ? "is not an rnnpipe model" : "is not a model but \(header.kind)",
        remedy: "name the file that rnn-train wrote")
    }
    architecture = try Architecture(json: JSONValue(parsing: text))
    objective = ObjectiveText(json: try header.metadata["rnn.training"].map { try JSONValue(parsing: $0) })
    weights = header.side.filter { !$0.key.hasPrefix("rnn.") }
    self.header = header
    for layer in try architecture.weightedLayers() {
      for weight in layer.weights { _ = try weights.weight(weight.name, shape: weight.shape) }
    }
  }

  /// The key of the batch size that a stateful model was built for, in Keras.
  public static let batchSizeFact = "rnn.batch_size"

  /// The batch size that a stateful model was built for; nil for any.
  public var batchSize: Int? { header.metadata[Self.batchSizeFact].flatMap(Int.init) }

  /// A network with these weights.
  ///
  /// - Parameters:
  ///   - rows: the maximum number of rows in a batch.
  ///   - inputs: the shapes of the inputs, if their numbers of steps differ from those in training.
  ///   - workers: the maximum number of threads that process it.
  /// - Throws: `Failure` (data) if a weight is missing or misshapen.
  public func network(
    rows: Int, inputs: [ValueShape]? = nil, workers: Int, isTraining: Bool = false,
    keepsStateGradients: Bool = false
  ) throws -> Network {
    let architecture = try inputs.map { try self.architecture.with(inputs: $0) } ?? self.architecture
    let network = try Network(
      architecture, rows: rows, workers: workers, isTraining: isTraining,
      keepsStateGradients: keepsStateGradients)
    try network.assign(weights)
    return network
  }
}

/// The objective with which a model was trained, in the format of rnn-train's options.
public struct ObjectiveText: Sendable, Equatable {
  /// The loss, such as `mse`; for several outputs with their names: `tone: mse; topic: mae`.
  public let loss: String
  /// The metrics; for several outputs, one list per output with its name: `tone: mae,mse`.
  public let metrics: [String]
  /// The outputs' loss weights, such as `tone=1,topic=0.5`; empty if all are 1.
  public let lossWeights: String

  /// - Parameter lossWeights: empty if all are 1.
  public init(loss: String, metrics: [String], lossWeights: String = "") {
    (self.loss, self.metrics, self.lossWeights) = (loss, metrics, lossWeights)
  }

  fileprivate init(json: JSONValue?) {
    self.init(
      loss: json?["loss"]?.string ?? "mse", metrics: json?["metrics"]?.array?.compactMap(\.string) ?? [],
      lossWeights: json?["loss_weights"]?.string ?? "")
  }

  /// The objective in the metadata of a model; nil if there is none. Throws `Failure` (data) if it is damaged.
  public init?(metadata: [String: String]) throws {
    guard let text = metadata["rnn.training"] else { return nil }
    self.init(json: try JSONValue(parsing: text))
  }

  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "loss": .string(loss), "metrics": .array(metrics.map(JSONValue.string)),
    ]
    if !lossWeights.isEmpty { members["loss_weights"] = .string(lossWeights) }
    return .object(members)
  }
}

extension Network {
  /// The logits of an output, if its layer has them.
  public func logits(ofOutput number: Int) -> Logits? {
    guard case .node(let node, output: 0) = architecture.topology.outputs[number].source else { return nil }
    return layers[node].output.logits
  }

  /// Sets all weights from tensors with Keras's names and shapes; throws `Failure` (data) naming the first one that
  /// is missing, has a different shape, or holds NaN or an infinity, with which nothing can be predicted.
  public func assign(_ weights: [String: Tensor]) throws {
    for parameter in parameters {
      let values = try weights.weight(parameter.name, shape: parameter.shape).floats
      guard values.areAllFinite else {
        throw Failure.data(
          "the weight \(parameter.name) holds numbers that are not finite (NaN or an infinity)",
          remedy:
            "use a model from before its training diverged, or train it again with a smaller learning rate")
      }
      parameter.assign(values)
    }
  }
}

extension [String: Tensor] {
  /// A weight of a network; throws `Failure` (data) if it is missing or has a different shape.
  fileprivate func weight(_ name: String, shape: [Int]) throws -> Tensor {
    guard let weight = self[name] else {
      throw Failure.data(
        "the weight \(name) is missing", remedy: "use the layers that its weights were saved with")
    }
    guard weight.shape == shape, !weight.type.isInteger else {
      throw Failure.data(
        "the weight \(name) is \(weight.type.rawValue)\(weight.shape), not F32\(shape)",
        remedy: "use the layers that its weights were saved with")
    }
    return weight
  }
}
