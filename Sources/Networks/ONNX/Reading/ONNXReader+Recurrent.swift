// ONNX's RNN, GRU and LSTM as recurrent layers: the inverse of what ONNXRecurrent.swift writes. Every attribute and input is
// honored or refused. A reverse direction reads the steps from the last to the first, and its outputs are in the order of
// the input's steps, where a layer with go_backwards has them in the order in which it processes them.

import Failures
import Kernels
import ONNX
import Tensor

extension ONNXGraphReader {
  mutating func readRecurrent(_ operation: ONNXOperation) throws -> [ONNXMeaning] {
    let node = try ONNXRecurrentNode(operation)
    let (flow, width, steps) = try recurrentInput(node)
    try checkLengths(operation, steps)
    var directions: [Int] = []
    for direction in 0..<node.directions {
      directions.append(try append(node, direction, of: flow, width: width, steps: steps))
    }
    return outputs(node, directions, of: flow, steps: steps)
  }

  /// The input as steps of rows of features.
  private mutating func recurrentInput(
    _ node: ONNXRecurrentNode
  ) throws -> (flow: ONNXFlow, width: Int, steps: Int) {
    let operation = node.operation
    var flow = try resolved(operation.flow(0), place: operation.place)
    let outer: [ONNXAtom.Kind] = node.isRowsFirst ? [.batch, .steps] : [.steps, .batch]
    // A vector, one number a step.
    if flow.axes.count == 3, flow.axes[2].isEmpty, let axis = flow.axis(.features), flow.axis(.batch) != nil,
      let count = flow.axes[axis][0].extent
    {
      var axes = flow.axes
      (axes[axis], axes[2]) = ([.steps(count)], [.features(1)])
      flow = append(.layer(Reshape(first: count, features: 1)), of: flow, place: operation.place, axes: axes)
    }
    guard flow.axes.map({ $0.map(\.kind) }) == outer.map({ [$0] }) + [[.features]], let width = flow.width,
      let steps = flow.steps
    else {
      throw operation.refusal(
        "reads a value that isn't \(node.isRowsFirst ? "rows of steps" : "steps of rows")")
    }
    return (flow, width, steps)
  }

  /// Lengths of rows, if they are given, must be those of whole rows.
  private func checkLengths(_ operation: ONNXOperation, _ steps: Int) throws {
    switch operation.optional(4) {
    case nil: return
    case .constant(let lengths) where lengths.uniform == Float(steps): return
    case .filled(Float(steps), _): return
    default:
      throw operation.refusal(
        "has rows of different lengths (sequence_lens)",
        "export it without lengths, or convert its weights alone")
    }
  }

  /// Adds the draft of a direction.
  private mutating func append(
    _ node: ONNXRecurrentNode, _ direction: Int, of flow: ONNXFlow, width: Int, steps: Int
  ) throws -> Int {
    let isReverse = node.isReverse(direction)
    var (layer, weights) = try node.layer(direction, inputWidth: width)
    layer.options.goBackwards = isReverse != flow.parts[0].isReversed
    let states = try node.initialStates.map { try initialState($0, direction, node) }
    let given = states.compactMap { $0 }
    guard given.isEmpty || given.count == node.stateCount else {
      throw node.operation.refusal("has only one of its initial states")
    }
    drafts.append(
      ONNXDraft(
        kind: .recurrent(layer), inputs: [ONNXPart(source: flow.parts[0].source)] + given, weights: weights,
        place: node.operation.place, width: node.units, hasSteps: true))
    return drafts.count - 1
  }

  /// The value from which a direction starts; nil for zero.
  private mutating func initialState(
    _ number: Int, _ direction: Int, _ node: ONNXRecurrentNode
  ) throws -> ONNXPart? {
    switch node.operation.optional(number) {
    case nil: return nil
    case .constant(let tensor) where tensor.uniform == 0: return nil
    case .filled(0, _): return nil
    case .flow(var flow):
      if node.directions > 1 {
        guard flow.parts.count == node.directions, let axis = flow.axis(.directions) else { break }
        (flow.parts, flow.axes[axis]) = ([flow.parts[direction]], [])
      }
      flow = try resolved(flow, place: node.operation.place)
      let kinds = flow.axes.filter { !$0.isEmpty }.map { $0.map(\.kind) }
      guard kinds == [[.batch], [.features]], flow.width == node.units else { break }
      return ONNXPart(source: flow.parts[0].source)
    default: break
    }
    throw node.operation.refusal(
      "starts from a state that isn't zero or another layer's",
      "export it without initial states as constants or inputs")
  }

  /// All steps and the final states, with an axis for the directions.
  private func outputs(
    _ node: ONNXRecurrentNode, _ drafts: [Int], of flow: ONNXFlow, steps: Int
  ) -> [ONNXMeaning] {
    let batch = flow.axes[node.isRowsFirst ? 0 : 1]
    let directions = drafts.count == 1 ? [] : [ONNXAtom(kind: .directions, extent: drafts.count)]
    let features = [ONNXAtom.features(node.units)]
    let sequence = drafts.enumerated().map { ONNXPart(source: .output($1), isReversed: node.isReverse($0)) }
    let time = [ONNXAtom.steps(steps)]
    let all =
      node.isRowsFirst ? [batch, time, directions, features] : [time, directions, batch, features]
    let last = node.isRowsFirst ? [batch, directions, features] : [directions, batch, features]
    let states = (0..<node.stateCount).map { state in
      ONNXFlow(parts: drafts.map { ONNXPart(source: .final($0, state: state)) }, axes: last)
    }
    return ([ONNXFlow(parts: sequence, axes: all)] + states).map { .flow($0) }
  }
}

/// A recurrent operator's attributes and weights.
private struct ONNXRecurrentNode {
  let operation: ONNXOperation
  let units: Int
  let directions: Int
  let isRowsFirst: Bool
  private let direction: String
  private let activations: [ActivationKind]
  private let kernel: ONNXTensor
  private let recurrent: ONNXTensor

  private var gates: Int { ["RNN": 1, "GRU": 3, "LSTM": 4][operation.node.operation] ?? 1 }
  /// How many states it has, and hands out.
  var stateCount: Int { operation.node.operation == "LSTM" ? 2 : 1 }
  /// The numbers of the inputs that are initial states.
  var initialStates: [Int] { operation.node.operation == "LSTM" ? [5, 6] : [5] }
  private var functions: Int { ["RNN": 1, "GRU": 2, "LSTM": 3][operation.node.operation] ?? 1 }

  init(_ operation: ONNXOperation) throws {
    self.operation = operation
    try operation.checkAttributes([
      "activation_alpha", "activation_beta", "activations", "direction", "hidden_size", "input_forget",
      "layout",
      "linear_before_reset",
    ])
    try operation.require("input_forget", 0)
    isRowsFirst = try operation.integer("layout", default: 0) == 1
    direction = try operation.text("direction", default: "forward")
    guard ["forward", "reverse", "bidirectional"].contains(direction) else {
      throw operation.refusal("has the direction '\(direction)'")
    }
    directions = direction == "bidirectional" ? 2 : 1
    (kernel, recurrent) = (try operation.constant(1), try operation.constant(2))
    units = recurrent.shape.last ?? 0
    let hidden = try operation.integer("hidden_size", default: units)
    guard hidden == units, 1...1 << 24 ~= units else {
      throw operation.refusal("has weights of another hidden_size")
    }
    activations = try ONNXRecurrentNode.activations(operation, directions)
    let rows = gates * units
    guard recurrent.shape == [directions, rows, units], kernel.shape.count == 3,
      kernel.shape[0] == directions,
      kernel.shape[1] == rows, kernel.shape[2] > 0
    else { throw operation.refusal("has weights whose shapes don't match") }
  }

  func isReverse(_ number: Int) -> Bool { direction == "reverse" || number == 1 }

  // MARK: Activations

  private static func activations(_ operation: ONNXOperation, _ directions: Int) throws -> [ActivationKind] {
    let usual = ["RNN": ["Tanh"], "GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]]
    let own = usual[operation.node.operation] ?? []
    var names = (0..<directions).flatMap { _ in own }
    if let given = operation.node.attributes["activations"] {
      guard case .texts(let texts) = given, texts.count == names.count else {
        throw operation.refusal("has another number of activations than gates")
      }
      names = texts
    }
    var alphas = try operation.floats("activation_alpha")[...]
    var betas = try operation.floats("activation_beta")[...]
    // A list has a number for each function that takes one, or, as some exporters write it, for each function.
    let isForEach = (alphas.count == names.count, betas.count == names.count)
    return try names.map { name in
      let (takesAlpha, takesBeta) = (parameters[name]?.alpha != nil, parameters[name]?.beta != nil)
      let alpha = takesAlpha || isForEach.0 ? alphas.popFirst() : nil
      let beta = takesBeta || isForEach.1 ? betas.popFirst() : nil
      guard let kind = kinds[name] else {
        throw operation.refusal("has the activation \(name), which isn't supported")
      }
      guard !takesAlpha || alpha ?? parameters[name]?.alpha == kind.onnxAlpha,
        !takesBeta || beta ?? parameters[name]?.beta == kind.onnxBeta
      else { throw operation.refusal("has \(name) with other numbers than rnnpipe's") }
      return kind
    }
  }

  private static let kinds: [String: ActivationKind] = [
    "Tanh": .tanh, "Sigmoid": .sigmoid, "Relu": .relu, "Affine": .linear, "Elu": .elu, "Softplus": .softplus,
    "Softsign": .softsign, "HardSigmoid": .hardSigmoid,
  ]
  /// ONNX's own numbers of the functions that take some.
  private static let parameters: [String: (alpha: Float?, beta: Float?)] = [
    "Affine": (1, 0), "Elu": (1, nil), "HardSigmoid": (0.2, 0.5),
  ]

  // MARK: The layer

  /// The layer of a direction with its weights.
  func layer(_ number: Int, inputWidth: Int) throws -> (any RecurrentDefinition, [String: Tensor]) {
    guard kernel.shape[2] == inputWidth else {
      throw operation.refusal("reads \(inputWidth) features with weights for \(kernel.shape[2])")
    }
    var options = RecurrentOptions(units: units)
    let own = Array(activations[number * functions..<(number + 1) * functions])
    options.activation = own[own.count == 1 ? 0 : 1]
    if own.count > 1 { options.recurrentActivation = own[0] }
    guard own.count < 3 || own[1] == own[2] else {
      throw operation.refusal("has different activations for g and h")
    }
    if operation.node.operation == "GRU" {
      options.resetAfter = try operation.integer("linear_before_reset", default: 0) != 0
    }
    options.useBias = operation.optional(3) != nil
    var weights = [
      "kernel": try columns(kernel, number), "recurrent_kernel": try columns(recurrent, number),
    ]
    if options.useBias { weights["bias"] = try bias(number, isDouble: options.resetAfter) }
    switch operation.node.operation {
    case "RNN": return (SimpleRNN(options: options), weights)
    case "GRU": return (GRU(options: options), weights)
    default:
      guard let peephole = try peephole(number) else { return (LSTM(options: options), weights) }
      weights["peephole"] = peephole
      return (PeepholeLSTM(options: options), weights)
    }
  }

  /// For each of Keras's gates, the place of ONNX's: i f g o of i o f g.
  private var order: [Int] { operation.node.operation == "LSTM" ? [0, 2, 3, 1] : Array(0..<gates) }

  /// Rows of gates as columns of gates.
  private func columns(_ tensor: ONNXTensor, _ number: Int) throws -> Tensor {
    guard let values = tensor.floats else { throw operation.refusal("has weights that aren't float") }
    let (rows, depth) = (tensor.shape[1], tensor.shape[2])
    var result = [Float](repeating: 0, count: rows * depth)
    for (place, gate) in order.enumerated() {
      for unit in 0..<units {
        let start = (number * rows + gate * units + unit) * depth
        for row in 0..<depth { result[row * rows + place * units + unit] = values[start + row] }
      }
    }
    return Tensor(result, shape: [depth, rows])
  }

  /// The biases of the input and of the state, or their sum.
  private func bias(_ number: Int, isDouble: Bool) throws -> Tensor {
    let (values, shape) = try operation.floats(3)
    let width = gates * units
    guard shape == [directions, 2 * width] else {
      throw operation.refusal("has a bias whose shape doesn't match")
    }
    func inGates(_ start: Int) -> [Float] {
      order.flatMap { (gate: Int) -> ArraySlice<Float> in
        let first = start + gate * units
        return values[first..<first + units]
      }
    }
    let (first, second) = (inGates(number * 2 * width), inGates((2 * number + 1) * width))
    if isDouble && operation.node.operation == "GRU" { return Tensor(first + second, shape: [2, width]) }
    return Tensor(zip(first, second).map { $0 + $1 })
  }

  /// The peepholes in the order i f o, of ONNX's i o f; nil if there are none.
  private func peephole(_ number: Int) throws -> Tensor? {
    guard operation.optional(7) != nil else { return nil }
    let (values, shape) = try operation.floats(7)
    guard shape == [directions, 3 * units] else {
      throw operation.refusal("has peepholes whose shape doesn't match")
    }
    var own: [Float] = []
    for gate in [0, 2, 1] {
      let start = (3 * number + gate) * units
      own += values[start..<start + units]
    }
    return own.allSatisfy { $0 == 0 } ? nil : Tensor(own)
  }
}
