// A topology as a layers string, which GraphReader reads back: a chain of layers, or statements.

extension Topology {
  /// The layers string; options with default values are omitted.
  public var text: String {
    if isChain { return layers.map(\.description).joined(separator: " ") }
    return GraphWriter(self).text
  }
}

/// Divides a graph into statements and writes them.
private struct GraphWriter {
  private let topology: Topology
  /// Whether a statement ends with the node.
  private var ends: [Bool]
  private var names: [Int: String] = [:]

  init(_ topology: Topology) {
    self.topology = topology
    ends = topology.nodes.map { $0.label != nil }
    endStatements()
    separateSharedLayers()
    nameStatements()
  }

  /// A statement continues with the next node only if that node reads its value and nothing else does.
  private mutating func endStatements() {
    let nodes = topology.nodes
    for number in nodes.indices {
      let value = Topology.Source.node(number, output: 0)
      let readers = nodes.flatMap(\.inputs).filter { $0.node == number }
      let goesOn =
        number + 1 < nodes.count && nodes[number + 1].inputs.first == value && readers == [value]
        && !topology.outputs.contains { $0.source.node == number } && !isMerged(number + 1)
        && !isSharedWithState(number + 1)
      if !goesOn { ends[number] = true }
    }
  }

  /// Whether a node has initial states and its layer is also used elsewhere: only the first layer of a statement can
  /// be shared with different states.
  private func isSharedWithState(_ number: Int) -> Bool {
    let node = topology.nodes[number]
    return node.inputs.count > inputCount(number) && topology.nodes.count { $0.layer == node.layer } > 1
  }

  /// Whether a node reads several values besides initial states.
  private func isMerged(_ number: Int) -> Bool { inputCount(number) > 1 }

  private func inputCount(_ number: Int) -> Int {
    let node = topology.nodes[number]
    return topology.layer(node).definition.directions.isEmpty ? node.inputs.count : 1
  }

  /// A reused layer must be at the same position in a statement of the same layers; otherwise it gets a separate
  /// statement.
  private mutating func separateSharedLayers() {
    var isSettled = false
    while !isSettled {
      isSettled = true
      for run in statements
      where repeated(run.lowerBound) != nil || run.contains(where: { repeated($0) != nil }) {
        guard sharedStatement(run) == nil else { continue }
        for number in run where repeated(number) != nil {
          let first = repeated(number) ?? number
          for node in [first - 1, first, number - 1, number] where node >= 0 && !ends[node] {
            ends[node] = true
            isSettled = false
          }
        }
      }
    }
  }

  /// The earlier node with the same layer.
  private func repeated(_ number: Int) -> Int? {
    topology.nodes[..<number].firstIndex { $0.layer == topology.nodes[number].layer }
  }

  /// The nodes of each statement.
  private var statements: [Range<Int>] {
    var result: [Range<Int>] = []
    for number in topology.nodes.indices where ends[number] {
      result.append((result.last?.upperBound ?? 0)..<number + 1)
    }
    return result
  }

  /// The earlier statement with the same layers as `run`.
  private func sharedStatement(_ run: Range<Int>) -> Range<Int>? {
    let layers = run.map { topology.nodes[$0].layer }
    return statements.first { other in
      other.upperBound <= run.lowerBound && other.map { topology.nodes[$0].layer } == layers
    }
  }

  /// The labels, or else the layers' names; all are unique.
  private mutating func nameStatements() {
    var taken = Set(topology.inputs.map(\.name)).union(topology.nodes.compactMap(\.label))
    let layerNames = topology.names
    for run in statements {
      let last = topology.nodes[run.upperBound - 1]
      if let label = last.label {
        names[run.upperBound - 1] = label
        continue
      }
      let base = layerNames[last.layer].name
      var name = base
      var count = 1
      while !taken.insert(name).inserted {
        count += 1
        name = "\(base)_\(count)"
      }
      names[run.upperBound - 1] = name
    }
  }

  var text: String {
    let chains = statements.map { run in
      "\(names[run.upperBound - 1] ?? ""): \(sources(run.lowerBound))\(chain(run))"
    }
    return (declarations + chains + outputStatement).joined(separator: "; ")
  }

  /// The declarations of vectors, or of all inputs if their order differs from that in which the statements read
  /// them.
  private var declarations: [String] {
    let vectors = topology.inputs.indices.filter { topology.inputs[$0].isVector }
    var order = vectors
    for case .input(let number) in topology.nodes.flatMap(\.inputs) where !order.contains(number) {
      order.append(number)
    }
    let declared = order == Array(topology.inputs.indices) ? vectors : Array(topology.inputs.indices)
    return declared.map { number in
      let input = topology.inputs[number]
      return "\(input.name): input\(input.isVector ? "(vector)" : "")"
    }
  }

  private func sources(_ number: Int) -> String {
    let node = topology.nodes[number]
    return "{\(node.inputs.prefix(inputCount(number)).map(reference).joined(separator: " "))} "
  }

  private func chain(_ run: Range<Int>) -> String {
    if let other = sharedStatement(run) {
      return withState("shared(\(names[other.upperBound - 1] ?? ""))", run.lowerBound)
    }
    return run.map { withState(topology.layer(topology.nodes[$0]).description, $0) }.joined(separator: " ")
  }

  /// A layer with a node's initial states.
  private func withState(_ text: String, _ number: Int) -> String {
    let initial = topology.nodes[number].inputs.dropFirst(inputCount(number))
    guard !initial.isEmpty else { return text }
    let state = "initial_state={\(initial.map(reference).joined(separator: " "))}"
    return text.hasSuffix(")") ? "\(text.dropLast()),\(state))" : "\(text)(\(state))"
  }

  private func reference(_ source: Topology.Source) -> String {
    switch source {
    case .input(let number): return topology.inputs[number].name
    case .node(let number, let output):
      let name = names[number] ?? ""
      return output == 0 ? name : "\(name).\(topology.layer(topology.nodes[number]).stateNames[output - 1])"
    }
  }

  /// Needed unless the outputs are the values that nothing reads, in their order.
  private var outputStatement: [String] {
    let read = Set(topology.nodes.flatMap(\.inputs).compactMap(\.node))
    let unread = statements.map { $0.upperBound - 1 }.filter { !read.contains($0) }
    let outputs = topology.outputs.map(\.source)
    guard outputs != unread.map({ .node($0, output: 0) }) else { return [] }
    return ["outputs: {\(outputs.map(reference).joined(separator: " "))}"]
  }
}
