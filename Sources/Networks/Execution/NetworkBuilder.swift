// Building the layers of an architecture: node by node, each on the values of earlier nodes.

import Failures

/// Builds the layers of a network.
struct NetworkBuilder {
  private let architecture: Architecture
  private let topology: Topology
  private let savings: SharedWork
  private let resources: NetworkResources
  /// The storage of values that are read only while their shard is processed.
  private let storage: ActivationStorage
  private let maskedInputs: Set<Int>
  private let padding: UnreadPadding
  /// The values built so far, by their source.
  private var values: [Topology.Source: Activation] = [:]
  /// The number of readers of each value so far.
  private var readers: [Topology.Source: Int] = [:]
  private(set) var layers: [any Layer] = []
  private(set) var tokens: [Int: TokenInput] = [:]
  private(set) var features: [Int: Activation] = [:]
  /// The network's outputs, as read by their losses.
  private(set) var outputs: [Activation] = []
  /// Outputs of layers that nothing reads, whose gradients are zero.
  private(set) var unread: [Activation] = []

  /// - Parameters:
  ///   - storage: the storage of values that are not read after the batch.
  ///   - maskedInputs: the inputs that are loaded with masks.
  init(
    _ architecture: Architecture, _ resources: NetworkResources, _ savings: SharedWork,
    storage: ActivationStorage, maskedInputs: Set<Int>
  ) {
    self.maskedInputs = maskedInputs
    padding = UnreadPadding(architecture.topology)
    (self.architecture, topology) = (architecture, architecture.topology)
    (self.savings, self.resources, self.storage) = (savings, resources, storage)
  }

  /// Builds inputs, weights and layers.
  mutating func build() throws {
    try makeInputs()
    for layer in try architecture.weightedLayers() {
      for weight in layer.weights { resources.store.add(weight.spec, of: layer.name) }
    }
    try resources.store.checkMemory(isTraining: resources.isTraining)
    let names = topology.names
    for number in topology.nodes.indices { try makeLayer(number, names) }
    outputs = try topology.outputs.map { reader(of: $0.source, try value($0.source)) }
    noteUnread()
  }

  private mutating func makeInputs() throws {
    for (number, shape) in architecture.inputs.enumerated() {
      switch shape {
      case .tokens(let steps):
        tokens[number] = TokenInput(
          rows: resources.rows, steps: steps, sharesPrefix: savings.sharesPrefix)
      case .characters(let steps, let length):
        tokens[number] = TokenInput(rows: resources.rows, steps: steps, length: length, sharesPrefix: false)
      case .sequence, .vector:
        let input = Activation(
          storage, steps: shape.steps, width: shape.width, hasGradient: false,
          isPacked: savings.readsByProducts(.input(number)))
        if maskedInputs.contains(number) { input.mask = Mask(rows: resources.rows, steps: input.steps) }
        features[number] = input
        values[.input(number)] = input
      case .channels: throw Failure(.software, "an input has channels")
      }
    }
  }

  private mutating func makeLayer(_ number: Int, _ names: [LayerNames]) throws {
    let node = topology.nodes[number]
    let definition = topology.layer(node).definition
    var context = LayerContext(
      name: names[node.layer].name, number: number,
      application: topology.nodes[..<number].count { $0.layer == node.layer }, network: resources,
      storage: savings.givesOutput(number) ? .batch(rows: resources.rows) : storage)
    context.isFrozen = !topology.layer(node).isTrainable
    context.isReadByProducts = savings.readsByProducts(.node(number, output: 0))
    let inputs = try node.inputs.map { try input($0) }
    let layer = try make(definition, inputs, architecture.shapes(read: node)[0].channels, context)
    if [.keeps, .copies].contains(definition.maskRule), layer.output.isSequence {
      layer.output.mask = mask(of: node.inputs[0])
    }
    layer.output.isPaddingUnread =
      resources.isTraining && layer.computesOnlyUsedSteps && padding.isUnread(number)
    if savings.propagatesPrefix(number) { resources.recurrentLayers.last?.propagatePrefix() }
    layers.append(layer)
    for (index, output) in layer.outputs.enumerated() { values[.node(number, output: index)] = output }
  }

  /// A layer, for whose channels of a row, if there are any, are rows.
  private func make(
    _ definition: any LayerDefinition, _ inputs: [LayerInput], _ channels: Int?, _ context: LayerContext
  ) throws -> any Layer {
    guard let channels, definition.channelUse != .crosses else { return try definition.make(inputs, context) }
    var context = context
    context.channels = channels
    context.storage = context.storage.ofChannels(channels)
    return ChannelwiseLayer(try definition.make(inputs, context), channels: channels)
  }

  /// A value as a layer reads it.
  private mutating func input(_ source: Topology.Source) throws -> LayerInput {
    if case .input(let number) = source, let tokens = tokens[number] { return .tokens(tokens) }
    if case .node(let number, 0) = source, let embedding = resources.projectedEmbeddings[number] {
      return .embedding(embedding)
    }
    return .values(reader(of: source, try value(source)))
  }

  private func value(_ source: Topology.Source) throws -> Activation {
    guard let value = values[source] else {
      throw Failure(.software, "a layer reads a value that doesn't exist")
    }
    return value
  }

  /// The value for an additional reader: the gradients of all readers but the first are stored separately and summed
  /// in this order.
  private mutating func reader(of source: Topology.Source, _ value: Activation) -> Activation {
    let count = readers[source, default: 0]
    readers[source] = count + 1
    return count == 0 || !value.hasGradient ? value : value.branch()
  }

  private func mask(of source: Topology.Source) -> Mask? { values[source]?.mask }

  private mutating func noteUnread() {
    for (number, layer) in layers.enumerated() {
      for (index, output) in layer.outputs.enumerated()
      where readers[.node(number, output: index)] == nil && output.hasGradient { unread.append(output) }
    }
  }
}
