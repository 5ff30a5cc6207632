// A model at rest: what stands in a model file besides the stream's form. Weights have Keras's names and
// shapes; the metadata tells the architecture, how it was trained, and the facts that came with the data
// (vocabulary, padding, windows, scaling, class names), so that raw input can be predicted from.

import Failures
import JSON
import Tensor
import TensorFile

/// A model as a stream's header holds it.
public struct ModelFile: Sendable {
  /// The layers and the input's shape.
  public let architecture: Architecture
  /// The loss it was trained with, by Keras's name.
  public let loss: String
  /// The metrics it was trained with, by Keras's names.
  public let metrics: [String]
  /// The weights by name, in Keras's layouts.
  public let weights: [String: Tensor]
  /// All metadata and side tensors: facts of the data among them.
  public let header: StreamHeader

  /// Puts a model together from a trained network.
  ///
  /// - Parameter facts: the header of the data it was trained on; its facts are kept.
  public init(_ network: Network, loss: String, metrics: [String], facts: StreamHeader) {
    var weights: [String: Tensor] = [:]
    for parameter in network.parameters {
      weights[parameter.name] = Tensor(parameter.array, shape: parameter.shape)
    }
    self.init(network.architecture, weights: weights, loss: loss, metrics: metrics, facts: facts)
  }

  /// Puts a model together from weights.
  public init(
    _ architecture: Architecture, weights: [String: Tensor], loss: String, metrics: [String],
    facts: StreamHeader
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
    header.metadata["rnn.training"] =
      JSONValue.object([
        "loss": .string(loss), "metrics": .array(metrics.map(JSONValue.string)),
      ]).text
    self.architecture = architecture
    self.weights = weights
    self.loss = loss
    self.metrics = metrics
    self.header = header
  }

  /// Facts of a stream that a model made from it doesn't have.
  private static let dropped: Set<String> = ["rnn.kind", "rnn.split", "rnn.format"]

  /// Where the weights of training's best epoch stand in a model that has those of another.
  public static let bestPrefix = "rnn.best."
  private static let bestFact = "rnn.best"

  /// The model with the best epoch's weights beside its own.
  ///
  /// - Parameter facts: what the epoch was, and by what it was the best.
  public func adding(best: [String: Tensor], facts: JSONValue) -> ModelFile {
    var header = header
    for (name, weight) in best { header.side[Self.bestPrefix + name] = weight }
    header.metadata[Self.bestFact] = facts.text
    return ModelFile(self, header: header, weights: weights)
  }

  /// The model with the best epoch's weights in the place of its own; nil where it has no others.
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
    (architecture, loss, metrics) = (other.architecture, other.loss, other.metrics)
    (self.header, self.weights) = (header, weights)
  }

  /// Reads a model; throws `Failure` (data) where the header is no model's or its architecture is damaged.
  /// Weights are checked by `network`.
  public init(header: StreamHeader) throws {
    guard header.kind == "model", let text = header.metadata["rnn.architecture"] else {
      throw Failure.data(
        header.kind.isEmpty || header.kind == "model"
          ? "is no model of ours" : "is no model but \(header.kind)",
        remedy: "name the file that rnn-train wrote")
    }
    architecture = try Architecture(json: JSONValue(parsing: text))
    let training = try header.metadata["rnn.training"].map { try JSONValue(parsing: $0) }
    loss = training?["loss"]?.string ?? "mse"
    metrics = training?["metrics"]?.array?.compactMap(\.string) ?? []
    weights = header.side.filter { !$0.key.hasPrefix("rnn.") }
    self.header = header
  }

  /// A network with these weights.
  ///
  /// - Parameters:
  ///   - rows: the most rows of a batch.
  ///   - steps: time steps of the rows to come, where they differ from training's.
  ///   - workers: how many threads may work on it at once.
  /// - Throws: `Failure` (data) where a weight is missing or misshapen.
  public func network(
    rows: Int, steps: Int? = nil, workers: Int, isTraining: Bool = false, keepsStateGradients: Bool = false
  ) throws -> Network {
    var architecture = architecture
    if let steps { architecture.input = architecture.input.with(steps: steps) }
    let network = try Network(
      architecture, rows: rows, workers: workers, isTraining: isTraining,
      keepsStateGradients: keepsStateGradients)
    try network.assign(weights)
    return network
  }
}

extension Network {
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

// MARK: - Architecture as JSON

extension InputShape {
  /// The same input with another number of steps.
  public func with(steps: Int) -> InputShape {
    switch self {
    case .tokens: .tokens(steps: steps)
    case .features(_, let width): .features(steps: steps, width: width)
    }
  }
}

extension Architecture {
  /// `{"layers": "...", "input": "tokens", "steps": 200}`; numbers' input has `features` too.
  public var json: JSONValue {
    var members: [String: JSONValue] = ["layers": .string(text), "steps": .integer(Int64(input.steps))]
    switch input {
    case .tokens: members["input"] = "tokens"
    case .features(_, let width):
      members["input"] = "features"
      members["features"] = .integer(Int64(width))
    }
    return .object(members)
  }

  /// Reads what `json` wrote.
  public init(json: JSONValue) throws {
    guard let text = json["layers"]?.string, let steps = json["steps"]?.int, (1...1 << 24).contains(steps)
    else {
      throw Failure.data("the model's architecture is damaged")
    }
    let input: InputShape
    switch json["input"]?.string {
    case "tokens": input = .tokens(steps: steps)
    case "features":
      guard let width = json["features"]?.int, (1...1 << 24).contains(width) else {
        throw Failure.data("the model's architecture is damaged")
      }
      input = .features(steps: steps, width: width)
    default:
      throw Failure.data("the model reads an input that this version doesn't know", remedy: "update rnnpipe")
    }
    do {
      try self.init(layers: LayerSpec.parse(text), input: input)
    } catch let failure as Failure {
      throw Failure.data(
        "the model's architecture: \(failure.problem)", remedy: "was it made by a newer version?")
    }
  }
}
