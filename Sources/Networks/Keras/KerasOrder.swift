// The order in which Keras lists the layers of a Functional model, by which it numbers the arrays in .weights.h5 files
// (keras/src/ops/function.py, map_graph): by their greatest distance from an output, then by the first visit of a walk
// from the outputs back. Keras computes masks by operations of the graph, which increase the distance of what they
// read; so they are included.

/// A layer's mask as Keras computes it.
enum MaskRule {
  /// The output has no mask.
  case none
  /// The mask of the first value read.
  case keeps
  /// The mask of the first value read, which Keras copies by an operation.
  case copies
  /// Of an embedding: by the token ids.
  case tokens
  /// Of masking: by the numbers of a step.
  case steps
  /// A step counts if it counts in any of the values, provided that all have masks.
  case union
  /// The values' masks concatenated, if any value has one.
  case joined
}

extension Topology {
  /// An entry of Keras's list of layers.
  public enum KerasEntry: Sendable, Hashable {
    /// An input, by number.
    case input(Int)
    /// A layer, by number.
    case layer(Int)
    /// The layer `Identity` that gives an output its name, by the output's number.
    case identity(Int)
  }

  /// The outputs that layers' names can't distinguish: states, and values of a layer that has several outputs.
  var identityOutputs: [Int] {
    guard outputs.count > 1 else { return [] }
    let makers = outputs.map { output -> Int? in
      guard case .node(let number, output: 0) = output.source else { return nil }
      return nodes[number].layer
    }
    return outputs.indices.filter { index in
      makers[index] == nil || makers.count { $0 == makers[index] } > 1
    }
  }

  /// Inputs and layers in Keras's order.
  public var kerasOrder: [KerasEntry] {
    var graph = KerasGraph()
    let sources = graph.add(self)
    let identities = Set(identityOutputs)
    let ends = outputs.enumerated().compactMap { number, output in
      let source = sources[output.source]
      return identities.contains(number) ? graph.call(.identity(number), source.map { [$0] } ?? []) : source
    }
    return graph.order(from: ends)
  }

  /// Whether a value has a mask in Keras.
  func isMasked(_ source: Source) -> Bool {
    guard case .node(let number, output: 0) = source else { return false }
    let inputs = nodes[number].inputs
    switch layer(nodes[number]).definition.maskRule {
    case .none: return false
    case .keeps, .copies: return isMasked(inputs[0])
    case .tokens, .steps: return true
    case .union: return inputs.allSatisfy(isMasked)
    case .joined: return inputs.contains(where: isMasked)
    }
  }
}

/// Keras's graph: calls of operations, of which some are layers.
private struct KerasGraph {
  /// A call of an operation, and the calls whose results it reads.
  private struct Call {
    let operation: Int
    let parents: [Int]
  }

  private var calls: [Call] = []
  /// The inputs and layers among the operations.
  private var entries: [Int: Topology.KerasEntry] = [:]
  private var operations: [Topology.KerasEntry: Int] = [:]
  private var operationCount = 0

  mutating func call(_ entry: Topology.KerasEntry? = nil, _ parents: [Int]) -> Int {
    let operation = entry.flatMap { operations[$0] } ?? operationCount
    if operation == operationCount { operationCount += 1 }
    if let entry {
      operations[entry] = operation
      entries[operation] = entry
    }
    calls.append(Call(operation: operation, parents: parents))
    return calls.count - 1
  }

  /// Adds all calls of a topology; returns the call that computes each value.
  mutating func add(_ topology: Topology) -> [Topology.Source: Int] {
    var values: [Topology.Source: Int] = [:]
    var masks: [Topology.Source: Int] = [:]
    for number in topology.inputs.indices { values[.input(number)] = call(.input(number), []) }
    for (number, node) in topology.nodes.enumerated() {
      let definition = topology.layer(node).definition
      var parents = node.inputs.compactMap { values[$0] }
      let hasInitialState = !definition.directions.isEmpty && node.inputs.count > 1
      if definition.takesMask, !hasInitialState, let mask = masks[node.inputs[0]] { parents.append(mask) }
      let own = call(.layer(node.layer), parents)
      let count = 1 + topology.layer(node).stateNames.count
      for output in 0..<count { values[.node(number, output: output)] = own }
      masks[.node(number, output: 0)] = mask(definition.maskRule, node.inputs, values, masks)
    }
    return values
  }

  /// The call that returns the mask of a layer's output.
  private mutating func mask(
    _ rule: MaskRule, _ inputs: [Topology.Source], _ values: [Topology.Source: Int],
    _ masks: [Topology.Source: Int]
  ) -> Int? {
    switch rule {
    case .none: return nil
    case .keeps: return masks[inputs[0]]
    case .copies: return masks[inputs[0]].map { call(nil, [$0]) }
    case .tokens: return call(nil, inputs.compactMap { values[$0] })
    case .steps:
      let differs = call(nil, inputs.compactMap { values[$0] })
      return call(nil, [differs])
    case .union:
      let own = inputs.compactMap { masks[$0] }
      guard own.count == inputs.count, let first = own.first else { return nil }
      var result = first
      for mask in own.dropFirst() { result = call(nil, [result, mask]) }
      return result
    case .joined:
      guard inputs.contains(where: { masks[$0] != nil }) else { return nil }
      var parts: [Int] = []
      for input in inputs { parts.append(broadcastMask(of: input, values, masks)) }
      let joined = call(nil, parts)
      return call(nil, [joined])
    }
  }

  /// A value's mask, expanded to each of its numbers.
  private mutating func broadcastMask(
    of input: Topology.Source, _ values: [Topology.Source: Int], _ masks: [Topology.Source: Int]
  ) -> Int {
    let value = values[input].map { [$0] } ?? []
    guard let mask = masks[input] else { return call(nil, value) }
    let expanded = call(nil, [mask])
    let zeros = call(nil, value)
    return call(nil, [expanded, zeros])
  }

  /// The inputs and layers in Keras's order.
  func order(from outputs: [Int]) -> [Topology.KerasEntry] {
    let (finished, visits) = walk(from: outputs)
    var callDepths: [Int: Int] = [:]
    var depths: [Int: Int] = [:]
    for call in finished.reversed() {
      let operation = calls[call].operation
      let depth = max(callDepths[call, default: 0], depths[operation, default: 0])
      (callDepths[call], depths[operation]) = (depth, depth)
      for parent in calls[call].parents {
        callDepths[parent] = max(depth + 1, callDepths[parent, default: 0])
      }
    }
    let sorted = depths.keys.sorted { a, b in
      (-depths[a, default: 0], visits[a, default: 0]) < (-depths[b, default: 0], visits[b, default: 0])
    }
    return sorted.compactMap { entries[$0] }
  }

  /// All calls that `outputs` depend on, each after its parents, and the operations' numbers by their first visit.
  private func walk(from outputs: [Int]) -> (finished: [Int], visits: [Int: Int]) {
    var (finished, visits): ([Int], [Int: Int]) = ([], [:])
    var isDone = [Bool](repeating: false, count: calls.count)
    for output in outputs {
      // A stack instead of recursion, since chains can be long: calls with the number of parents visited.
      var stack: [(call: Int, next: Int)] = [(output, 0)]
      while let (call, next) = stack.popLast() {
        if isDone[call] { continue }
        if next == 0, visits[calls[call].operation] == nil { visits[calls[call].operation] = visits.count }
        if next < calls[call].parents.count {
          stack += [(call, next + 1), (calls[call].parents[next], 0)]
        } else {
          isDone[call] = true
          finished.append(call)
        }
      }
    }
    return (finished, visits)
  }
}
