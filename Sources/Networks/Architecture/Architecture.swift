// A network's architecture: its topology and the shapes of what it reads, all checked before building.

import Failures

/// Layers, their connections, and the shapes of all values.
public struct Architecture: Sendable, Equatable {
  /// The layers and their connections.
  public let topology: Topology
  /// The shapes of the inputs.
  public let inputs: [ValueShape]
  /// The shapes of each node's values: its output, then its states.
  let values: [[ValueShape]]

  /// - Parameter inputs: the shapes of the topology's inputs.
  /// - Throws: `Failure` (usage) if a layer can't read the values that it is given.
  public init(_ topology: Topology, inputs: [ValueShape]) throws {
    precondition(topology.inputs.count == inputs.count, "a shape for each input")
    try Topology.check(layerCount: topology.nodes.count)
    self.topology = topology
    self.inputs = inputs
    for (input, shape) in zip(topology.inputs, inputs) { try shape.checkSize(of: "the input \(input.name)") }
    var values: [[ValueShape]] = []
    for node in topology.nodes {
      let read = node.inputs.map { Self.shape(of: $0, inputs, values) }
      do { values.append(try topology.layer(node).checkedOutputs(read)) } catch let error as WrongRank {
        throw error.failure(isAfterRecurrent: topology.isAfterRecurrent(node))
      }
      for shape in values[values.count - 1] { try shape.checkSize(of: "layer \(topology.layer(node).name)") }
    }
    self.values = values
    try checkSharedLayers()
    try checkOutputs()
  }

  /// A chain of layers.
  public init(layers: [LayerSpec], input: ValueShape) throws {
    try self.init(Topology(chain: layers), inputs: [input])
  }

  private static func shape(
    of source: Topology.Source, _ inputs: [ValueShape], _ values: [[ValueShape]]
  ) -> ValueShape {
    switch source {
    case .input(let number): inputs[number]
    case .node(let number, let output): values[number][output]
    }
  }

  /// A layer that is used several times needs the same weights each time.
  private func checkSharedLayers() throws {
    var known: [Int: [[Int]]] = [:]
    for node in topology.nodes {
      let weights = try topology.layer(node).weights(shapes(read: node))
      for weight in weights { try weight.checkSize(of: "layer \(topology.layer(node).name)") }
      let own = weights.map(\.shape)
      let first = known[node.layer] ?? own
      known[node.layer] = first
      guard first == own else {
        throw Failure.usage(
          "the shared layer \(topology.layer(node).name) reads values of different widths",
          remedy: "give it inputs of equal width at each use, or use separate layers")
      }
    }
  }

  /// A row of an output must be a row of the targets.
  private func checkOutputs() throws {
    guard let output = outputs.first(where: { $0.channels != nil }) else { return }
    throw Failure.usage(
      "an output of the network is \(output)", remedy: "end with join_channels, which makes one value of them"
    )
  }

  /// The shapes of the values that a node reads.
  func shapes(read node: Topology.Node) -> [ValueShape] {
    node.inputs.map { Self.shape(of: $0, inputs, values) }
  }

  /// The shape of a value.
  func shape(of source: Topology.Source) -> ValueShape { Self.shape(of: source, inputs, values) }

  /// Whether there is an attention layer.
  public var hasAttention: Bool { layers.contains { $0.definition is any AttentionDefinition } }

  /// Whether all that reads the token ids of an input masks id 0, so that padding makes no difference.
  public func masks(input number: Int) -> Bool {
    let readers = topology.nodes.filter { $0.inputs.contains(.input(number)) }
    return !readers.isEmpty && readers.allSatisfy { topology.layer($0).definition.maskRule == .tokens }
  }

  /// Whether an output has a mask.
  public func masks(output number: Int) -> Bool { topology.isMasked(topology.outputs[number].source) }

  /// The layers.
  public var layers: [LayerSpec] { topology.layers }
  /// Keras's names for the layers in a new session.
  public var names: [LayerNames] { topology.names }
  /// The layers string.
  public var text: String { topology.text }
  /// Whether a row begins with the final state of the same row in the previous batch.
  public var isStateful: Bool { topology.isStateful }
  /// Whether the rows of a batch depend on each other in training.
  var usesBatchStatistics: Bool {
    layers.contains { $0.isTrainable && $0.definition.usesBatchStatistics }
  }
  /// The shape of the first input.
  public var input: ValueShape { inputs[0] }
  /// The shapes of the outputs.
  public var outputs: [ValueShape] { topology.outputs.map { Self.shape(of: $0.source, inputs, values) } }

  /// The sizes of each node's output for one row.
  public func shapes() -> [[Int]] { values.map { $0[0].extents } }

  /// The same layers on inputs with another number of steps.
  public func with(steps: Int) throws -> Architecture {
    try with(inputs: inputs.map { $0.with(steps: steps) })
  }

  /// The same layers on inputs of other shapes.
  public func with(inputs: [ValueShape]) throws -> Architecture { try Architecture(topology, inputs: inputs) }

  /// The names of the vectors of an input's token ids, such as `embedding.embeddings`.
  public func embeddings(ofInput number: Int) -> [String] {
    let readers = Set(topology.nodes.filter { $0.inputs.contains(.input(number)) }.map(\.layer))
    return readers.sorted().filter { topology.layers[$0].vocabulary != nil }
      .map { "\(names[$0].name).embeddings" }
  }

  /// The number of token ids of an input, according to the embeddings that read it; nil for numbers.
  public func vocabulary(ofInput number: Int) -> Int? {
    topology.nodes.filter { $0.inputs.contains(.input(number)) }.compactMap { topology.layer($0).vocabulary }
      .min()
  }
}

extension LayerSpec {
  /// The shapes of the layer's outputs, given those of its inputs.
  fileprivate func checkedOutputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    let arity = type(of: definition).arity
    // The initial states of recurrent layers are checked by the layer.
    guard arity.contains(inputs.count) || (inputs.count > 1 && !definition.directions.isEmpty) else {
      throw Failure.usage(
        "layer \(name): it has \(counted(inputs.count, "input"))",
        remedy: arity.upperBound == 1
          ? "join them first, such as with concatenate or add" : "it takes \(arity.lowerBound)")
    }
    if definition.vocabulary == nil, inputs[0].isTokens {
      throw Failure.usage(
        "layer \(name) can't read token ids", remedy: "begin with embedding(VOCABULARY,WIDTH)")
    }
    return try definition.byChannel(inputs, definition.outputs)
  }
}

// MARK: - Weights

/// A layer with its weights in a network.
public struct WeightedLayer: Sendable {
  /// A weight.
  public struct Weight: Sendable {
    /// Its name in a model file, such as `lstm.kernel`.
    public let name: String
    let spec: WeightSpec

    /// Its role in the layer: `kernel`, `forward.recurrent_kernel`.
    public var role: String { spec.role }
    /// Keras's shape.
    public var shape: [Int] { spec.shape }
    /// Whether the optimizer changes it; it doesn't change frozen weights and moving averages.
    public var isTrainable: Bool { spec.isTrainable }
    /// The path within the layer's group in Keras's files: empty, `cell`, `forward_layer/cell`, `layer`.
    public var holder: String { spec.holder }
  }

  /// The index of the layer.
  let number: Int
  /// Keras's name, such as `lstm_1`.
  public let name: String
  /// Keras's names of the layers that it wraps.
  public let wrappedNames: [String]
  /// Its kind and options.
  public let layer: LayerSpec
  /// Its weights, in Keras's order.
  public let weights: [Weight]

  /// Keras's class, such as `LSTM`.
  public var kind: String { layer.kind }

  /// The weight with this role.
  public func weight(_ role: String) -> Weight? { weights.first { $0.role == role } }
}

extension Architecture {
  /// All layers with their weights, without building them.
  public func weightedLayers() throws -> [WeightedLayer] {
    let firstNodes = Dictionary(topology.nodes.map { ($0.layer, $0) }) { first, _ in first }
    return try zip(layers, names).enumerated().map { number, layer in
      guard let node = firstNodes[number] else {
        throw Failure(.software, "the layer \(layer.1.name) is never used")
      }
      let weights = try layer.0.weights(shapes(read: node)).map { spec in
        WeightedLayer.Weight(name: "\(layer.1.name).\(spec.role)", spec: spec)
      }
      return WeightedLayer(
        number: number, name: layer.1.name, wrappedNames: layer.1.wrapped, layer: layer.0, weights: weights)
    }
  }
}
