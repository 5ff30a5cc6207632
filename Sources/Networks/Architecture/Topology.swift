// The connections of a network's layers: a directed acyclic graph, without the sizes of the inputs. A chain of layers
// is the simplest graph.

import Failures

/// Layers and their connections.
public struct Topology: Sendable, Equatable {
  /// An input of the network.
  public struct Input: Sendable, Equatable {
    /// Its name, which is also that of its column.
    public let name: String
    /// Whether it is a vector; otherwise the column determines whether it is token ids or a sequence.
    public let isVector: Bool

    /// - Parameter isVector: whether the column has one vector per row, without a time axis.
    public init(name: String, isVector: Bool = false) {
      self.name = name
      self.isVector = isVector
    }
  }

  /// The source of a value.
  public enum Source: Sendable, Hashable {
    /// An input, by number.
    case input(Int)
    /// A node's value: output 0, then the states that it returns.
    case node(Int, output: Int)

    /// The number of the node; nil for an input.
    public var node: Int? { if case .node(let number, _) = self { number } else { nil } }
  }

  /// A use of a layer in the graph; the nodes of a layer that is used several times share its weights.
  public struct Node: Sendable, Equatable {
    /// The number of the layer.
    public let layer: Int
    /// The values that it reads: inputs, then initial states.
    public let inputs: [Source]
    /// The name of the statement that ends with it.
    public let label: String?
  }

  /// An output of the network.
  public struct Output: Sendable, Equatable {
    /// Its name, used for targets and predictions if there are several outputs.
    public let name: String
    /// Its source.
    public let source: Source
  }

  /// The network's inputs.
  public let inputs: [Input]
  /// The layers, in the order in which they are written.
  public let layers: [LayerSpec]
  /// The uses of layers, in topological order.
  public let nodes: [Node]
  /// The network's outputs.
  public let outputs: [Output]

  init(inputs: [Input], layers: [LayerSpec], nodes: [Node], outputs: [Output]) {
    self.inputs = inputs
    self.layers = layers
    self.nodes = nodes
    self.outputs = outputs
  }

  /// A chain of layers, from the column `x` to the one output.
  public init(chain layers: [LayerSpec]) {
    let nodes = layers.indices.map { number in
      Node(
        layer: number, inputs: [number == 0 ? .input(0) : .node(number - 1, output: 0)], label: nil)
    }
    self.init(
      inputs: [Input(name: Self.usualInput)], layers: layers, nodes: nodes,
      outputs: [Output(name: Self.usualOutput, source: .node(max(0, layers.count - 1), output: 0))])
  }

  /// The name of the input of a network that doesn't name its inputs.
  public static let usualInput = "x"
  /// The name of the output of a network that doesn't name its outputs.
  static let usualOutput = "output"

  /// Whether the layers are a chain in which nothing has a name.
  public var isChain: Bool { self == Topology(chain: layers) }

  /// Keras's names for the layers in a new session.
  public var names: [LayerNames] {
    var numbering = LayerNumbering()
    return layers.map { numbering.names($0) }
  }

  /// Whether a row begins with the final state of the same row in the previous batch.
  public var isStateful: Bool {
    layers.contains { layer in layer.definition.directions.contains { $0.options.stateful } }
  }

  /// The input with this name; nil if there is none.
  public func input(named name: String) -> Int? { inputs.firstIndex { $0.name == name } }

  /// The activation function of an output, if its layer has one.
  public func outputFunction(_ number: Int) -> OutputFunction? {
    guard case .node(let node, output: 0) = outputs[number].source else { return nil }
    return layers[nodes[node].layer].outputFunction
  }

  /// The layers with a layer after that of the only output, which must not be a state.
  public func appending(_ layer: String) throws -> Topology {
    guard outputs.count == 1 else {
      throw Failure.usage("the network has \(outputs.count) outputs", remedy: "use a network with one")
    }
    if isChain { return try Topology(parsing: "\(text) \(layer)") }
    let node = Node(layer: layers.count, inputs: [outputs[0].source], label: nil)
    return Topology(
      inputs: inputs, layers: layers + (try LayerSpec.parse(layer)), nodes: nodes + [node],
      outputs: [Output(name: outputs[0].name, source: .node(nodes.count, output: 0))])
  }

  /// How many numbers are in order in a group of the only output's; nil if its layer doesn't order them.
  public var orderedCount: Int? {
    guard outputs.count == 1, case .node(let node, output: 0) = outputs[0].source else { return nil }
    return (layers[nodes[node].layer].definition as? Ascending)?.count
  }

  /// Whether a node's first input is the output of a recurrent layer.
  func isAfterRecurrent(_ node: Node) -> Bool {
    guard case .node(let number, output: 0)? = node.inputs.first else { return false }
    return !layer(nodes[number]).definition.directions.isEmpty
  }

  /// Whether the layers that read an input read the characters of words.
  public func readsCharacters(input number: Int) -> Bool {
    nodes.contains { $0.inputs.contains(.input(number)) && layer($0).definition.readsCharacters }
  }

  /// The layer of a node.
  func layer(_ node: Node) -> LayerSpec { layers[node.layer] }
}
