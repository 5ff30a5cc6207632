// Values whose masked steps nothing reads, so that in training the steps after the last unmasked one of a shard need not
// be computed: the layers that follow pass the same mask on, to the loss, which excludes these steps. An example is the
// decoder of a translator with its softmax over thousands of words, where most steps of a batch are padding.

/// Finds these values.
struct UnreadPadding {
  private let topology: Topology
  private let readers: [Topology.Source: [Reader]]
  private let outputs: Set<Topology.Source>

  /// A node that reads a value, and the index of the value among its inputs.
  private struct Reader {
    let node: Int
    let index: Int
  }

  init(_ topology: Topology) {
    self.topology = topology
    var readers: [Topology.Source: [Reader]] = [:]
    for (number, node) in topology.nodes.enumerated() {
      for (index, source) in node.inputs.enumerated() {
        readers[source, default: []].append(Reader(node: number, index: index))
      }
    }
    self.readers = readers
    outputs = Set(topology.outputs.map(\.source))
  }

  /// Whether nothing reads the masked steps of a node's output.
  func isUnread(_ number: Int) -> Bool {
    guard let mask = mask(of: .node(number, output: 0)) else { return false }
    return isUnread(.node(number, output: 0), mask)
  }

  private func definition(_ number: Int) -> any LayerDefinition {
    topology.layer(topology.nodes[number]).definition
  }

  /// The node whose mask a value has; nil if it has none.
  private func mask(of source: Topology.Source) -> Int? {
    guard case .node(let number, output: 0) = source else { return nil }
    let inputs = topology.nodes[number].inputs
    switch definition(number).maskRule {
    case .none: return nil
    case .keeps, .copies: return mask(of: inputs[0])
    case .tokens, .steps: return number
    case .union, .joined:
      let masks = inputs.map(mask)
      return Set(masks).count == 1 ? masks[0] : number
    }
  }

  private func isUnread(_ source: Topology.Source, _ mask: Int) -> Bool {
    let own = readers[source] ?? []
    guard !own.isEmpty || outputs.contains(source) else { return false }
    return own.allSatisfy { ignores($0, mask) }
  }

  /// Whether a reader doesn't read masked steps, or only for masked steps of its own, which nothing reads.
  private func ignores(_ reader: Reader, _ mask: Int) -> Bool {
    let definition = definition(reader.node)
    if definition.readsOnlyUnmaskedSteps(of: reader.index, inputs: topology.nodes[reader.node].inputs.count) {
      return true
    }
    let output = Topology.Source.node(reader.node, output: 0)
    return definition.passesPaddingOn && self.mask(of: output) == mask && isUnread(output, mask)
  }
}

extension LayerDefinition {
  /// Whether the layer uses its input's mask so that masked steps of the input `index` don't matter, out of `inputs`.
  fileprivate func readsOnlyUnmaskedSteps(of index: Int, inputs: Int) -> Bool {
    // A layer with an initial state doesn't use the mask.
    if !directions.isEmpty { return index == 0 && inputs == 1 }
    return self is any AttentionDefinition && index == 0
  }

  /// Whether a step of the output depends on the same step of the input alone, or on earlier ones, and has its mask.
  fileprivate var passesPaddingOn: Bool {
    if directions.count == 1 { return skipsUnreadPadding }
    return worksOnEachStep || maskRule == .union || maskRule == .joined && streamingObstacle == nil
  }

  /// Whether a recurrent layer can end before its last step.
  var skipsUnreadPadding: Bool {
    guard directions.count == 1 else { return false }
    let options = directions[0].options
    return options.returnSequences && !options.goBackwards && !options.returnState && !options.stateful
      && options.dropout == 0 && options.recurrentDropout == 0
  }
}

extension Activation {
  /// The steps of a shard that are computed: all, or in training as many as something reads.
  public func usedSteps(_ shard: Shard, _ pass: Pass) -> Range<Int> {
    guard isPaddingUnread, pass.isTraining, let mask else { return allSteps }
    return 0..<mask.end(shard)
  }
}
