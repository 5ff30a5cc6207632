// Model files: what they hold besides the stream format itself. Weights have Keras's names and
// shapes; the metadata has the architecture, how it was trained, and the facts that came with the data
// (vocabulary, padding, windows, scaling, class names), so that predictions can be made from raw input.

import Failures
import JSON
import Tensor
import TensorFile

/// A model as a stream's header holds it.
public struct ModelFile: Sendable {
  /// The layers and the input's shape.
  public let architecture: Architecture
  /// What it was trained to minimize.
  public let objective: ObjectiveText
  /// The weights by name, in Keras's layouts.
  public let weights: [String: Tensor]
  /// All metadata and side tensors, including facts of the data.
  public let header: StreamHeader

  /// Creates a model from a trained network.
  ///
  /// - Parameter facts: the header of the data it was trained on; its facts are kept.
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

  /// Facts of a stream that aren't copied to a model made from it.
  private static let dropped: Set<String> = ["rnn.kind", "rnn.split", "rnn.format"]

  /// Prefix of the best epoch's weights in a model whose own weights are another epoch's.
  public static let bestPrefix = "rnn.best."
  private static let bestFact = "rnn.best"

  /// The model with the best epoch's weights beside its own.
  ///
  /// - Parameter facts: which epoch it was, and by which metric it was the best.
  public func adding(best: [String: Tensor], facts: JSONValue) -> ModelFile {
    var header = header
    for (name, weight) in best { header.side[Self.bestPrefix + name] = weight }
    header.metadata[Self.bestFact] = facts.text
    return ModelFile(self, header: header, weights: weights)
  }

  /// The model with the best epoch's weights instead of its own; nil where it has none.
  public var best: ModelFile? {
    let best = header.side.filter { $0.key.hasPrefix(Self.bestPrefix) }
    guard !best.isEmpty else { return nil }
    let weights = Dictionary(
      uniqueKeysWithValues: best.map { (String($0.key.dropFirst(Self.bestPrefix.count)), $0.value) })
    var header = header
    header.side = header.side.filter { !$0.key.hasPrefix(Self.bestPrefix) }.merging(weights) { _, best in best
    }
    header.metadata[Self.bestFact] = nil
    return ModelFile(self, header: header, weights: weights)
  }

  private init(_ other: ModelFile, header: StreamHeader, weights: [String: Tensor]) {
    (architecture, objective) = (other.architecture, other.objective)
    (self.header, self.weights) = (header, weights)
  }

  /// Reads a model; throws `Failure` (data) where the header isn't a model's or its architecture is damaged.
  /// Weights are checked by `network`.
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
  }

  /// The key of the batch size that a stateful model was built for, in Keras.
  public static let batchSizeFact = "rnn.batch_size"

  /// The batch size that a stateful model was built for; nil for any.
  public var batchSize: Int? { header.metadata[Self.batchSizeFact].flatMap(Int.init) }

  /// A network with these weights.
  ///
  /// - Parameters:
  ///   - rows: the most rows of a batch.
  ///   - inputs: the shapes of the inputs to come, if their steps differ from training's.
  ///   - workers: how many threads may work on it at once.
  /// - Throws: `Failure` (data) where a weight is missing or misshapen.
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

/// What a model was trained to minimize, as written in rnn-train's options.
public struct ObjectiveText: Sendable, Equatable {
  /// The loss, such as `mse`; of several outputs each under its name: `tone: mse; topic: mae`.
  public let loss: String
  /// The metrics, one by one; of several outputs each one's list under its name: `tone: mae,mse`.
  public let metrics: [String]
  /// The outputs' loss weights, such as `tone=1,topic=0.5`; empty where all are 1.
  public let lossWeights: String

  /// - Parameter lossWeights: empty where all are 1.
  public init(loss: String, metrics: [String], lossWeights: String = "") {
    (self.loss, self.metrics, self.lossWeights) = (loss, metrics, lossWeights)
  }

  fileprivate init(json: JSONValue?) {
    self.init(
      loss: json?["loss"]?.string ?? "mse", metrics: json?["metrics"]?.array?.compactMap(\.string) ?? [],
      lossWeights: json?["loss_weights"]?.string ?? "")
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

  /// Sets every weight from tensors of Keras's names and shapes; throws `Failure` (data) naming the first
  /// that is missing or has another shape.
  public func assign(_ weights: [String: Tensor]) throws {
    for parameter in parameters {
      guard let weight = weights[parameter.name] else {
        throw Failure.data("the weight \(parameter.name) is missing", remedy: "do the layers match the file?")
      }
      guard weight.shape == parameter.shape, !weight.type.isInteger else {
        throw Failure.data(
          "the weight \(parameter.name) is \(weight.type.rawValue)\(weight.shape), not F32\(parameter.shape)",
          remedy: "do the layers match the file?")
      }
      parameter.assign(weight.floats)
    }
  }
}
