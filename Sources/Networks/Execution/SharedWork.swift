// The exact savings that an architecture allows: which values are read only by products, which rows share their
// padding, and which values must be kept after the batch.

/// The work that can be shared within a network.
struct SharedWork {
  private let architecture: Architecture
  private let isTraining: Bool
  private let readers: [Topology.Source: [Reader]]
  private let outputs: Set<Topology.Source>
  /// Whether rows that are padded in front process their padding together.
  let sharesPrefix: Bool

  /// A node that reads a value, and the index of the value among its inputs.
  private struct Reader {
    let node: Int
    let index: Int
  }

  /// - Parameter allowsPrefix: whether rows may share a prefix.
  init(_ architecture: Architecture, isTraining: Bool, allowsPrefix: Bool) {
    self.architecture = architecture
    self.isTraining = isTraining
    var readers: [Topology.Source: [Reader]] = [:]
    for (number, node) in architecture.topology.nodes.enumerated() {
      for (index, source) in node.inputs.enumerated() {
        readers[source, default: []].append(Reader(node: number, index: index))
      }
    }
    self.readers = readers
    outputs = Set(architecture.topology.outputs.map(\.source))
    sharesPrefix =
      allowsPrefix && Self.sharesPrefix(architecture, readers: readers, isTraining: isTraining)
  }

  private func definition(_ number: Int) -> any LayerDefinition {
    architecture.topology.layer(architecture.topology.nodes[number]).definition
  }

  /// Whether all readers of a value read it only as a left factor of products: then an embedding's output can be
  /// projected once per token, and features are stored without padding. With dropout on the input in training, each
  /// row has different vectors.
  func readsByProducts(_ source: Topology.Source) -> Bool {
    guard let readers = readers[source], !outputs.contains(source) else { return false }
    return readers.allSatisfy { $0.index == 0 && readsByProducts($0.node) }
  }

  private func readsByProducts(_ number: Int) -> Bool {
    definition(number).readsByProducts(
      inputWidth: architecture.shapes(read: architecture.topology.nodes[number])[0].width,
      isTraining: isTraining)
  }

  /// A single recurrent layer that runs forward in time must read the ids of the only input, all rows must begin in
  /// the same state without dropout, and no mask may skip padding.
  private static func sharesPrefix(
    _ architecture: Architecture, readers: [Topology.Source: [Reader]], isTraining: Bool
  ) -> Bool {
    let topology = architecture.topology
    func only(_ source: Topology.Source) -> Int? {
      let own = readers[source] ?? []
      return own.count == 1 && !topology.outputs.contains { $0.source == source } ? own[0].node : nil
    }
    guard !topology.isStateful, topology.inputs.count == 1, let embedding = only(.input(0)),
      topology.layer(topology.nodes[embedding]).definition.maskRule != .tokens,
      let walker = only(.node(embedding, output: 0)), topology.nodes[walker].inputs.count == 1
    else { return false }
    let node = topology.nodes[walker]
    let definition = topology.layer(node).definition
    let walks = definition.directions.map(\.options)
    guard let first = walks.first, !first.goBackwards else { return false }
    let width = architecture.shapes(read: node)[0].width
    return definition.readsByProducts(inputWidth: width, isTraining: isTraining)
      && walks.allSatisfy { !(isTraining && $0.recurrentDropout > 0) }
  }

  /// Whether a node computes one of the network's outputs, itself or through layers that pass on their input.
  func givesOutput(_ number: Int) -> Bool {
    architecture.topology.nodes[number].isOutput(number, outputs)
      || readers(of: number).contains { definition($0.node).isIdentityInPrediction && givesOutput($0.node) }
  }

  private func readers(of number: Int) -> [Reader] { readers[.node(number, output: 0)] ?? [] }

  /// Whether a recurrent layer passes the shared padding of its rows on to the only recurrent layer that reads it, in
  /// prediction, without dropout.
  func propagatesPrefix(_ number: Int) -> Bool {
    guard !isTraining, sharesPrefix, definition(number).directions.count == 1 else { return false }
    var source = number
    while true {
      let own = readers(of: source)
      guard own.count == 1, own[0].index == 0, !outputs.contains(.node(source, output: 0)) else {
        return false
      }
      let reader = definition(own[0].node)
      if reader.isIdentityInPrediction {
        source = own[0].node
        continue
      }
      return reader.directions.count == 1 && reader.directions[0].options.goBackwards == false
        && architecture.topology.nodes[own[0].node].inputs.count == 1
    }
  }
}

extension Topology.Node {
  /// Whether a value of the node with this number is an output.
  fileprivate func isOutput(_ number: Int, _ outputs: Set<Topology.Source>) -> Bool {
    outputs.contains { $0.node == number }
  }
}

extension Architecture {
  /// Whether some of the network's outputs may be masked: then the loss can be computed only after the forward pass
  /// of the whole batch, since it is a mean over unmasked steps.
  func masksOutputs() -> Bool {
    outputs.contains { $0.steps != nil }
      && layers.contains { [.tokens, .steps].contains($0.definition.maskRule) }
  }
}

extension Architecture {
  /// Whether training orders the rows of a batch by length, so that masked steps can be skipped: the network reads words
  /// with their characters, and masks the padding of its output.
  public var sortsRows: Bool {
    masksOutputs() && !isStateful && layers.contains { $0.definition.readsCharacters }
  }
}
