// From drafts to a network: directions become bidirectional layers, biases and activations part of the layers before them,
// and what is read of a recurrent layer its options.

import Failures
import Tensor

/// Drafts on their way to a network.
struct ONNXAssembly {
  private var drafts: [ONNXDraft]
  private var outputs: [ONNXPart]
  /// What takes the place of values that no longer exist.
  private var replaced: [ONNXSource: ONNXPart] = [:]
  /// Bidirectional layers, by the number of the draft that stands for them.
  private var directions: [Int: ONNXDirections] = [:]
  /// What is read of each draft.
  private var uses: [ONNXSource: Int] = [:]

  init(_ drafts: [ONNXDraft], outputs: [ONNXPart]) throws {
    (self.drafts, self.outputs) = (drafts, outputs)
    dropUnread()
    joinDirections()
    try checkOrder()
    countUses()
    for number in self.drafts.indices { fold(number) }
    replaceInputs()
    dropUnread()
    countUses()
  }

  // MARK: Passes

  private func current(_ part: ONNXPart) -> ONNXPart {
    guard let other = replaced[part.source] else { return part }
    return ONNXPart(source: other.source, isReversed: other.isReversed != part.isReversed)
  }

  private mutating func replaceInputs() {
    for number in drafts.indices { drafts[number].inputs = drafts[number].inputs.map(current) }
    outputs = outputs.map(current)
  }

  /// Makes drafts that nothing reads read nothing.
  private mutating func dropUnread() {
    var needed = Set(outputs.compactMap(\.source.draft))
    for number in drafts.indices.reversed() {
      if needed.contains(number) {
        needed.formUnion(drafts[number].inputs.compactMap(\.source.draft))
        if let pair = directions[number] { needed.insert(pair.forward) }
      } else {
        drafts[number].inputs = []
      }
    }
  }

  private mutating func countUses() {
    uses = [:]
    for part in drafts.flatMap(\.inputs) + outputs { uses[part.source, default: 0] += 1 }
  }

  private mutating func joinDirections() {
    for (number, pair) in drafts.directions(outputs: outputs).sorted(by: { $0.key < $1.key }) {
      directions[pair.backward] = pair
      let place = ONNXPart(source: .output(pair.backward))
      let count = drafts[pair.forward].recurrent?.stateWidths.count ?? 1
      for state in 0..<count {
        let own = ONNXSource.final(pair.backward, state: count + state)
        replaced[.final(pair.forward, state: state)] = ONNXPart(source: .final(pair.backward, state: state))
        replaced[.final(pair.backward, state: state)] = ONNXPart(source: own)
      }
      for (other, draft) in drafts.enumerated()
      where draft.inputs == drafts[number].inputs && draft.mode == pair.mode {
        replaced[.output(other)] = place
      }
      drafts[pair.backward].inputs = drafts[pair.forward].inputs + drafts[pair.backward].inputs.dropFirst()
      drafts[pair.forward].inputs = []
    }
    replaceInputs()
    // What joined the directions reads nothing that exists any more.
    dropUnread()
    replaced = [:]
  }

  /// Throws `Failure` (data) if a value is read from its last step to its first, where no layer does that.
  private func checkOrder() throws {
    for draft in drafts where draft.inputs.contains(where: \.isReversed) {
      throw Failure.data(
        "the ONNX node \(draft.place) reads steps from the last to the first, joined with others or in a way that no layer does",
        remedy: "docs/onnx.md lists what is read")
    }
  }

  // MARK: Folding

  /// Makes a draft part of the one before it, if nothing else reads that.
  private mutating func fold(_ number: Int) {
    drafts[number].inputs = drafts[number].inputs.map(current)
    guard drafts[number].inputs.count == 1, case .output(let before) = drafts[number].inputs[0].source,
      uses[.output(before)] == 1
    else { return }
    let isFolded: Bool
    switch drafts[number].kind {
    case .affine(let factors, let summands): isFolded = fold(factors, summands, into: before)
    case .layer(let layer as ActivationLayer): isFolded = drafts[before].activate(layer.function)
    default: isFolded = false
    }
    guard isFolded else { return }
    replaced[.output(number)] = ONNXPart(source: .output(before))
    uses[.output(before)] = uses[.output(number)]
    drafts[number].inputs = []
  }

  private mutating func fold(_ factors: [Float], _ summands: [Float], into before: Int) -> Bool {
    let isSum = factors.allSatisfy { $0 == 1 }
    switch drafts[before].kind {
    case .affine(let earlier, let added):
      drafts[before].kind = .affine(
        factors: zip(earlier, factors).map { $0 * $1 },
        summands: zip(zip(added, factors), summands).map { $0.0 * $0.1 + $1 })
      return true
    case .layer(let layer as LayerNormalization):
      guard !layer.center, !layer.scale || isSum else { return false }
      var layer = layer
      if !isSum {
        layer.scale = true
        drafts[before].weights["gamma"] = Tensor(factors)
      }
      if !summands.allSatisfy({ $0 == 0 }) {
        layer.center = true
        drafts[before].weights["beta"] = Tensor(summands)
      }
      drafts[before].kind = .layer(layer)
      return true
    case .layer where isSum: return drafts[before].add(summands)
    default: return false
    }
  }

  // MARK: The network

  /// The network and its weights.
  /// - Parameters:
  ///   - inputs: the names and shapes of the inputs.
  ///   - names: the names of the outputs.
  func network(
    inputs: [(name: String, shape: ValueShape)], outputs names: [String]
  ) throws -> (Architecture, [String: Tensor]) {
    try Topology.check(layerCount: drafts.count { !$0.inputs.isEmpty })
    var layers: [LayerSpec] = []
    var (nodes, numbers) = ([Topology.Node](), [Int: Int]())
    var weights: [[String: Tensor]] = []
    func source(_ source: ONNXSource) throws -> Topology.Source {
      switch source {
      case .input(let number): return .input(number)
      case .output(let draft): return .node(try number(of: draft, numbers), output: 0)
      case .final(let draft, let state):
        return .node(try number(of: draft, numbers), output: returnsState(draft) ? 1 + state : 0)
      }
    }
    for (number, draft) in drafts.enumerated() where !draft.inputs.isEmpty {
      numbers[number] = nodes.count
      let (layer, own) = try layer(number)
      nodes.append(
        Topology.Node(layer: layers.count, inputs: try draft.inputs.map { try source($0.source) }, label: nil)
      )
      layers.append(LayerSpec(layer))
      weights.append(own)
    }
    let results = try zip(names, outputs).map { Topology.Output(name: $0, source: try source($1.source)) }
    let topology = try Topology(
      foreignInputs: zip(inputs.map(\.name), inputs.map { $0.shape.steps == nil }).map { ($0, $1) },
      layers: layers,
      nodes: nodes, outputs: results)
    let architecture = try Architecture(topology, inputs: inputs.map(\.shape))
    let named = try zip(architecture.weightedLayers(), weights).flatMap { layer, own in
      own.map { ("\(layer.name).\($0.key)", $0.value) }
    }
    return (architecture, Dictionary(named) { first, _ in first })
  }

  private func number(of draft: Int, _ numbers: [Int: Int]) throws -> Int {
    guard let number = numbers[draft] else {
      throw Failure(.software, "a layer of the ONNX model is read before it is made")
    }
    return number
  }

  /// The states of a draft that are read.
  private func statesRead(_ draft: Int) -> Set<Int> {
    Set((0..<4).filter { uses[.final(draft, state: $0)] != nil })
  }

  /// Whether a recurrent layer hands out its states beside its output, which without steps is the first of them.
  private func returnsState(_ draft: Int) -> Bool {
    let states = statesRead(draft)
    if directions[draft] != nil { return !states.isEmpty }
    return uses[.output(draft)] == nil ? !states.isSubset(of: [0]) : !states.isEmpty
  }

  /// The layer of a draft, and its weights.
  private func layer(_ number: Int) throws -> (any LayerDefinition, [String: Tensor]) {
    let draft = drafts[number]
    switch draft.kind {
    case .layer(let layer), .merge(let layer): return (layer, draft.weights)
    case .affine(let factors, let summands):
      // A normalization by the mean 0 and the variance 1.
      var layer = BatchNormalization()
      layer.epsilon = 0
      let zeros = Tensor([Float](repeating: 0, count: factors.count))
      let ones = Tensor([Float](repeating: 1, count: factors.count))
      return (
        layer,
        ["gamma": Tensor(factors), "beta": Tensor(summands), "moving_mean": zeros, "moving_variance": ones]
      )
    case .recurrent(var layer):
      if let pair = directions[number] { return try bidirectional(pair) }
      layer.options.returnSequences = uses[.output(number)] != nil
      layer.options.returnState = returnsState(number)
      return (layer, draft.weights)
    }
  }

  private func bidirectional(_ pair: ONNXDirections) throws -> (any LayerDefinition, [String: Tensor]) {
    guard var forward = drafts[pair.forward].recurrent, var backward = drafts[pair.backward].recurrent else {
      throw Failure(.software, "a direction of the ONNX model isn't recurrent")
    }
    (forward.options.returnSequences, backward.options.returnSequences) = (pair.joinsSteps, pair.joinsSteps)
    let returnsState = returnsState(pair.backward)
    (forward.options.returnState, backward.options.returnState) = (returnsState, returnsState)
    let other = LayerSpec(backward)
    let layer = Bidirectional(
      forward: LayerSpec(forward), merge: pair.mode,
      ownBackward: forward.reversed(isTrainable: true) == other ? nil : other)
    var weights: [String: Tensor] = [:]
    for (role, tensor) in drafts[pair.forward].weights { weights["forward.\(role)"] = tensor }
    for (role, tensor) in drafts[pair.backward].weights { weights["backward.\(role)"] = tensor }
    return (try layer.checked(), weights)
  }
}

extension ONNXSource {
  /// The number of the draft; nil for an input.
  fileprivate var draft: Int? {
    switch self {
    case .input: nil
    case .output(let number), .final(let number, _): number
    }
  }
}

extension ONNXDraft {
  /// Adds a bias to a layer of products that has no activation; whether it can be done.
  fileprivate mutating func add(_ summands: [Float]) -> Bool {
    switch layer {
    case var dense as Dense where dense.activation == .elementwise(.linear):
      dense.useBias = true
      kind = .layer(dense)
    case var convolution as Conv1D where convolution.activation == .elementwise(.linear):
      convolution.useBias = true
      kind = .layer(convolution)
    default: return false
    }
    let earlier = weights["bias"]?.floats ?? summands.map { _ in 0 }
    weights["bias"] = Tensor(zip(earlier, summands).map { $0 + $1 })
    return true
  }

  /// Gives a layer of products that has no activation one; whether it can be done.
  fileprivate mutating func activate(_ function: OutputFunction) -> Bool {
    switch layer {
    case var dense as Dense where dense.activation == .elementwise(.linear):
      dense.activation = function
      kind = .layer(dense)
    case var convolution as Conv1D where convolution.activation == .elementwise(.linear):
      convolution.activation = function
      kind = .layer(convolution)
    default: return false
    }
    return true
  }
}
