// An encoder and a decoder, cut out of a network that was trained with teacher forcing. In training, the network reads a
// sequence and, at the same time, the sequence that it is to produce; in prediction the second one is not known. What
// doesn't depend on it (the encoder) runs once; the rest (the decoder) runs step by step, each time on the token that
// was produced last, with the states of its recurrent layers as further inputs and outputs.
//
//   encoder   source -> values that the decoder reads: states, outputs at all steps
//   decoder   token, values, states -> distribution of the next token, new states

import Failures

/// A network divided into an encoder and a decoder.
public struct DecoderSplit: Sendable {
  /// The layers that don't depend on the target; its outputs are the values that the decoder reads.
  public let encoder: PartOfNetwork
  /// The other layers, for one step. Its inputs are the token, then the encoder's outputs, then its states; its outputs
  /// are the distribution, then the states.
  public let decoder: PartOfNetwork
  /// Where the initial value of each state comes from.
  public let initialStates: [InitialState]
  /// For each of the encoder's outputs, whether it is a sequence whose mask the decoder needs.
  public let areSequences: [Bool]

  /// The initial value of a state of the decoder.
  public enum InitialState: Sendable, Equatable {
    /// An output of the encoder.
    case encoded(Int)
    /// Zeros, as many as the state is wide.
    case zeros(Int)
  }

  /// - Parameters:
  ///   - source: the number of the input that is known in prediction.
  ///   - target: the number of the input that is produced.
  /// - Throws: `Failure` (usage) if a layer of the decoder needs more than one step.
  public init(_ architecture: Architecture, source: Int, target: Int) throws {
    let cut = try DecoderCut(architecture, target: target)
    encoder = try cut.encoder(source: source)
    decoder = try cut.decoder(target: target)
    initialStates = cut.initialStates
    areSequences = cut.values.map { architecture.shape(of: $0).steps != nil }
  }
}

/// Some layers of a network, as a network of their own.
public struct PartOfNetwork: Sendable {
  /// The part.
  public let architecture: Architecture
  /// The names of the part's layers in the whole network, by their names in the part.
  let names: [String: String]

  init(_ whole: Architecture, _ topology: Topology, layers: [Int], inputs: [ValueShape]) throws {
    architecture = try Architecture(topology, inputs: inputs)
    names = Dictionary(
      uniqueKeysWithValues: zip(topology.names, layers).map { ($0.name, whole.names[$1].name) })
  }

  /// The name in the whole network of a weight of the part.
  public func wholeName(of weight: String) -> String {
    let layer = weight.prefix { $0 != "." }
    return (names[String(layer)] ?? String(layer)) + weight.dropFirst(layer.count)
  }
}

/// Where a network is cut.
private struct DecoderCut {
  private let whole: Architecture
  private let target: Int
  /// Which nodes depend on the target.
  private let dependent: [Bool]
  /// The values that the decoder reads and the encoder computes.
  let values: [Topology.Source]
  /// The initial states of the decoder's recurrent layers, layer by layer.
  private(set) var initialStates: [DecoderSplit.InitialState] = []
  /// The dependent recurrent nodes, in order.
  private let recurrent: [Int]

  private var topology: Topology { whole.topology }

  init(_ whole: Architecture, target: Int) throws {
    self.whole = whole
    self.target = target
    var dependent: [Bool] = []
    for node in whole.topology.nodes {
      dependent.append(node.inputs.contains { Self.depends($0, target, dependent) })
    }
    self.dependent = dependent
    var values: [Topology.Source] = []
    for (number, node) in whole.topology.nodes.enumerated() where dependent[number] {
      for source in node.inputs where !Self.depends(source, target, dependent) && !values.contains(source) {
        values.append(source)
      }
    }
    self.values = values
    recurrent = whole.topology.nodes.indices.filter { number in
      dependent[number] && !whole.topology.layer(whole.topology.nodes[number]).directions.isEmpty
    }
    for number in whole.topology.nodes.indices where dependent[number] { try check(number) }
    for number in recurrent { initialStates += states(of: number) }
  }

  private static func depends(_ source: Topology.Source, _ target: Int, _ dependent: [Bool]) -> Bool {
    switch source {
    case .input(let number): number == target
    case .node(let number, _): dependent[number]
    }
  }

  private func depends(_ source: Topology.Source) -> Bool { Self.depends(source, target, dependent) }

  // MARK: Checks

  private func check(_ number: Int) throws {
    let node = topology.nodes[number]
    let layer = topology.layer(node)
    let reads = node.inputs.map(depends)
    let own = layer.directions.isEmpty ? reads : [reads[0]]
    let shapes = node.inputs.map(whole.shape(of:))
    guard layer.definition.decodes(reads: own, shapes) else {
      throw refuse(layer, "reads more than one step of the sequence that is to be produced")
    }
    guard !layer.directions.isEmpty else { return }
    guard layer.directions.count == 1, !layer.definition.directions[0].options.goBackwards else {
      throw refuse(layer, "reads the sequence that is to be produced backward")
    }
    guard layer.definition.directions[0].options.returnSequences else {
      throw refuse(layer, "gives no result at each step")
    }
    guard !reads.dropFirst().contains(true) else {
      throw refuse(layer, "begins with a state of the sequence that is to be produced")
    }
    let isStateRead = topology.nodes.contains { other in
      other.inputs.contains { source in
        if case .node(number, let output) = source { output > 0 } else { false }
      }
    }
    if isStateRead { throw refuse(layer, "passes on its state after the last step") }
  }

  private func refuse(_ layer: LayerSpec, _ problem: String) -> Failure {
    Failure.usage(
      "the model can't produce a sequence step by step: its layer \(layer.name) \(problem)",
      remedy: "use forward recurrent layers, layers of single steps, and attention to the source")
  }

  // MARK: States

  private func states(of number: Int) -> [DecoderSplit.InitialState] {
    let node = topology.nodes[number]
    let definition = topology.layer(node).definition.directions[0]
    let given = node.inputs.dropFirst().compactMap { values.firstIndex(of: $0) }
    if !given.isEmpty { return given.map { .encoded($0) } }
    return type(of: definition).stateNames.map { _ in .zeros(definition.options.units) }
  }

  // MARK: Parts

  /// The layers of some nodes, and their new numbers.
  private func layers(of nodes: [Int]) -> (old: [Int], new: [Int: Int]) {
    let old = Set(nodes.map { topology.nodes[$0].layer }).sorted()
    return (old, Dictionary(uniqueKeysWithValues: old.enumerated().map { ($1, $0) }))
  }

  func encoder(source: Int) throws -> PartOfNetwork {
    let nodes = topology.nodes.indices.filter { !dependent[$0] }
    let (old, new) = layers(of: nodes)
    let numbers = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) })
    func moved(_ value: Topology.Source) throws -> Topology.Source {
      switch value {
      case .input(source): return .input(0)
      case .node(let number, let output): return .node(numbers[number] ?? 0, output: output)
      case .input(let other):
        throw Failure.usage("the model reads the input '\(topology.inputs[other].name)' besides the source")
      }
    }
    let part = Topology(
      inputs: [topology.inputs[source]], layers: old.map { topology.layers[$0] },
      nodes: try nodes.map { number in
        let node = topology.nodes[number]
        return Topology.Node(
          layer: new[node.layer] ?? 0, inputs: try node.inputs.map(moved), label: node.label)
      },
      outputs: try values.enumerated().map { Topology.Output(name: "value_\($0)", source: try moved($1)) })
    return try PartOfNetwork(whole, part, layers: old, inputs: [whole.inputs[source]])
  }

  func decoder(target: Int) throws -> PartOfNetwork {
    let nodes = topology.nodes.indices.filter { dependent[$0] }
    let (old, new) = layers(of: nodes)
    let numbers = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) })
    let firstState = 1 + values.count
    func moved(_ value: Topology.Source) -> Topology.Source {
      if let index = values.firstIndex(of: value) { return .input(1 + index) }
      guard case .node(let number, let output) = value else { return .input(0) }
      return .node(numbers[number] ?? 0, output: output)
    }
    var states: [Topology.Output] = []
    let moves = nodes.map { number -> Topology.Node in
      let node = topology.nodes[number]
      guard recurrent.contains(number) else {
        return Topology.Node(layer: new[node.layer] ?? 0, inputs: node.inputs.map(moved), label: nil)
      }
      let own = self.states(of: number).indices
      let first = firstState + states.count
      states += own.map {
        Topology.Output(
          name: "state_\(states.count + $0)", source: .node(numbers[number] ?? 0, output: 1 + $0))
      }
      return Topology.Node(
        layer: new[node.layer] ?? 0, inputs: [moved(node.inputs[0])] + own.map { .input(first + $0) },
        label: nil)
    }
    let part = Topology(
      inputs: inputs(states.count), layers: old.map { topology.layers[$0].returningStates },
      nodes: moves,
      outputs: [Topology.Output(name: "next", source: moved(topology.outputs[0].source))] + states)
    return try PartOfNetwork(whole, part, layers: old, inputs: shapes)
  }

  private func inputs(_ states: Int) -> [Topology.Input] {
    [Topology.Input(name: "token")]
      + values.indices.map {
        Topology.Input(name: "value_\($0)", isVector: whole.shape(of: values[$0]).steps == nil)
      }
      + (0..<states).map { Topology.Input(name: "state_\($0)", isVector: true) }
  }

  private var shapes: [ValueShape] {
    let widths = initialStates.map { state -> Int in
      switch state {
      case .encoded(let index): whole.shape(of: values[index]).width
      case .zeros(let width): width
      }
    }
    return [.tokens(steps: 1)] + values.map(whole.shape(of:)) + widths.map { .vector(width: $0) }
  }
}

extension LayerSpec {
  /// The layer with its states as outputs, if it is recurrent.
  fileprivate var returningStates: LayerSpec {
    guard var recurrent = definition as? any RecurrentDefinition else { return self }
    recurrent.options.returnState = true
    return LayerSpec(recurrent, isTrainable: isTrainable)
  }
}
