// Recurrent layers as ONNX's operators RNN, GRU and LSTM.
//
// ONNX has the gates one after another in rows, i o f c and z r h, where Keras has columns, i f c o and z r h; a bias for the
// input and one for the state. Its sequences are [steps, batch, features], and outputs of the reverse direction are in the
// order of time.
//
// A masked step leaves the state as it is. The unmasked steps are moved to the front, in their order, and counted: ONNX's
// sequence_lens. The output of step t is then that of the unmasked step at or before it, or zero before the first one.

import Kernels
import ONNX
import Tensor

/// A recurrent operator of ONNX with its weights.
struct ONNXCell {
  /// `RNN`, `GRU` or `LSTM`.
  let operation: String
  /// For each of ONNX's gates, the place of Keras's.
  let gates: [Int]
  /// The number of states.
  let states: Int
  /// The names of activation functions, with the numbers that they take.
  let activations: [ActivationKind]
  /// Further attributes.
  var attributes: [String: ONNXAttribute] = [:]
  /// The roles of weights for the peepholes, in ONNX's order i o f, as places of Keras's.
  var peepholes: [Int]?
}

extension RecurrentDefinition {
  /// Writes the operator.
  func writeONNX(_ cell: ONNXCell, _ call: ONNXCall) throws -> [ONNXValue] {
    try ONNXRecurrence(options, cell, call).write()
  }
}

extension SimpleRNN {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    if options.activation.onnxFunction == nil { return try writeScan(call) }
    let cell = ONNXCell(operation: "RNN", gates: [0], states: 1, activations: [options.activation])
    return try writeONNX(cell, call)
  }
}

extension GRU {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let functions = [options.activation, options.recurrentActivation].map(\.onnxFunction)
    guard functions.allSatisfy({ $0 != nil }) else { return try writeScan(call) }
    let cell = ONNXCell(
      operation: "GRU", gates: [0, 1, 2], states: 1,
      activations: [options.recurrentActivation, options.activation],
      attributes: ["linear_before_reset": .integer(options.resetAfter ? 1 : 0)])
    return try writeONNX(cell, call)
  }
}

extension LSTM {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let functions = [options.activation, options.recurrentActivation].map(\.onnxFunction)
    guard projection == 0, functions.allSatisfy({ $0 != nil }) else { return try writeScan(call) }
    let cell = ONNXCell(
      operation: "LSTM", gates: [0, 3, 1, 2], states: 2,
      activations: [options.recurrentActivation, options.activation, options.activation])
    return try writeONNX(cell, call)
  }
}

extension PeepholeLSTM {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let cell = ONNXCell(
      operation: "LSTM", gates: [0, 3, 1, 2], states: 2,
      activations: [options.recurrentActivation, options.activation, options.activation],
      peepholes: [0, 2, 1])
    return try writeONNX(cell, call)
  }
}

extension Bidirectional {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let states = call.inputs.dropFirst()
    let half = states.count / 2
    func side(_ layer: LayerSpec, _ name: String, _ states: ArraySlice<ONNXInput>) throws -> [ONNXValue] {
      var inner = call.inner(name, prefix: "\(name).", inputs: [call.input] + states)
      if let direction = layer.definition.directions.first {
        inner.stateNames = type(of: direction).stateNames
      }
      inner.isDirection = true
      return try layer.definition.writeONNX(inner)
    }
    let first = try side(forward, "forward", states.prefix(half))
    let second = try side(backward, "backward", states.dropFirst(half))
    var output = merged(first[0], second[0], call)
    // As in Keras, if all steps are returned, the output of masked ones is zero.
    if maskRule == .keeps, states.isEmpty, let mask = call.input.mask {
      output = call.node("Where", [call.counts(mask), output, call.graph.scalar(0)])
    }
    return [output] + first.dropFirst() + second.dropFirst()
  }

  private func merged(_ a: ONNXValue, _ b: ONNXValue, _ call: ONNXCall) -> ONNXValue {
    switch merge {
    case .concat: call.node("Concat", [a, b], ["axis": .integer(-1)])
    case .sum: call.node("Add", [a, b])
    case .mul: call.node("Mul", [a, b])
    case .ave: call.node("Mul", [call.node("Add", [a, b]), call.graph.scalar(0.5)])
    }
  }
}

/// One recurrent operator, with what comes before and after it.
private struct ONNXRecurrence {
  let options: RecurrentOptions
  let cell: ONNXCell
  let call: ONNXCall
  private var graph: ONNXGraph { call.graph }
  private var units: Int { options.units }

  init(_ options: RecurrentOptions, _ cell: ONNXCell, _ call: ONNXCall) throws {
    (self.options, self.cell, self.call) = (options, cell, call)
  }

  func write() throws -> [ONNXValue] {
    // As in Keras, a layer with a given initial state doesn't skip masked steps.
    let mask = call.inputs.count == 1 ? call.input.mask : nil
    let carried = try ONNXCarriedStates(
      options, call, mask: mask, widths: (0..<cell.states).map { _ in units })
    let packed = try mask.map { try PackedSteps($0, call) }
    let input = packed?.pack(call.input.value) ?? call.input.value
    let steps = call.node("Transpose", [input], ["perm": .integers([1, 0, 2])])
    let results = graph.nodes(
      cell.operation, try operands(steps, lengths: packed?.lengths, carried.inputs), try attributes,
      outputs: 1 + cell.states,
      name: "\(call.name)/\(cell.operation)")
    let finals = results.dropFirst().map { call.node("Squeeze", [$0, graph.integers([0])]) }
    carried.write(finals)
    guard options.returnSequences else {
      return [finals[0]] + (options.returnState ? Array(finals) : [])
    }
    var sequence = call.node(
      "Transpose", [call.node("Squeeze", [results[0], graph.integers([1])])], ["perm": .integers([1, 0, 2])])
    if let packed { sequence = packed.unpack(sequence, backwards: options.goBackwards) }
    if options.goBackwards && !call.isDirection { sequence = call.reversed(sequence) }
    return [sequence] + (options.returnState ? Array(finals) : [])
  }

  private var attributes: [String: ONNXAttribute] {
    get throws {
      var result = cell.attributes
      result["hidden_size"] = .integer(units)
      if options.goBackwards { result["direction"] = .text("reverse") }
      let functions = try cell.activations.map { kind in
        guard let function = kind.onnxFunction else {
          throw call.refusal("since its operators don't have the activation \(kind.rawValue)")
        }
        return function
      }
      result["activations"] = .texts(functions.map(\.name))
      // Only the functions that take a number have one here, in their order.
      let (alphas, betas) = (functions.compactMap(\.alpha), functions.compactMap(\.beta))
      if !alphas.isEmpty { result["activation_alpha"] = .floats(alphas) }
      if !betas.isEmpty { result["activation_beta"] = .floats(betas) }
      return result
    }
  }

  private func operands(
    _ input: ONNXValue, lengths: ONNXValue?, _ carried: [ONNXValue]
  ) throws -> [ONNXValue?] {
    var operands: [ONNXValue?] = [
      input, try rows("kernel"), try rows("recurrent_kernel"), try biases(), lengths,
    ]
    for state in carried + call.inputs.dropFirst().map(\.value) {
      operands.append(call.unsqueezed(state, axis: 0))
    }
    if let order = cell.peepholes {
      while operands.count < 7 { operands.append(nil) }
      let values = try call.tensor("peephole").floats
      operands.append(
        graph.constant(inGates(values, order), [1, order.count * units], name: "\(call.name).peephole"))
    }
    return operands
  }

  /// A matrix of columns of gates as rows of gates: `[1, gates * units, inputs]`.
  private func rows(_ role: String) throws -> ONNXValue {
    let tensor = try call.tensor(role)
    let (depth, columns) = (tensor.shape[0], tensor.shape[1])
    let values = tensor.floats
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for gate in cell.gates {
      for unit in 0..<units {
        for row in 0..<depth { result.append(values[row * columns + gate * units + unit]) }
      }
    }
    return graph.constant(result, [1, columns, depth], name: "\(call.name).\(role)")
  }

  /// The bias of the input and that of the state: `[1, 2 * gates * units]`.
  private func biases() throws -> ONNXValue? {
    guard options.useBias else { return nil }
    let values = try call.tensor("bias").floats
    let width = cell.gates.count * units
    let first = inGates(Array(values[..<width]), cell.gates)
    let second =
      values.count == 2 * width
      ? inGates(Array(values[width...]), cell.gates) : [Float](repeating: 0, count: width)
    return graph.constant(first + second, [1, 2 * width], name: "\(call.name).bias")
  }

  private func inGates(_ values: [Float], _ order: [Int]) -> [Float] {
    order.flatMap { values[$0 * units..<($0 + 1) * units] }
  }
}

extension ActivationKind {
  /// The first number that ONNX's function takes.
  var onnxAlpha: Float? { onnxFunction?.alpha }
  /// The second number that ONNX's function takes.
  var onnxBeta: Float? { onnxFunction?.beta }

  /// ONNX's name for recurrent operators, and its numbers; nil if they don't have the function.
  var onnxFunction: (name: String, alpha: Float?, beta: Float?)? {
    switch self {
    case .tanh: ("Tanh", nil, nil)
    case .sigmoid: ("Sigmoid", nil, nil)
    case .relu: ("Relu", nil, nil)
    case .linear: ("Affine", 1, 0)
    case .elu: ("Elu", 1, nil)
    case .softplus: ("Softplus", nil, nil)
    case .softsign: ("Softsign", nil, nil)
    case .hardSigmoid: ("HardSigmoid", 1.0 / 6, 0.5)
    case .gelu, .silu: nil
    }
  }
}

/// The unmasked steps of a sequence, moved to the front.
struct PackedSteps {
  private let call: ONNXCall
  /// 1 for unmasked steps, `[batch, steps]`, as whole numbers.
  private let mask: ONNXValue
  /// The steps in the order in which they are packed, `[batch, steps]`.
  private let order: ONNXValue
  /// The number of unmasked steps of each row, `[batch]`.
  let lengths: ONNXValue

  /// - Parameter mask: 1 for unmasked steps, `[batch, steps]`, as floats.
  init(_ mask: ONNXValue, _ call: ONNXCall) throws {
    self.call = call
    let graph = call.graph
    func number(_ value: Int) -> ONNXValue { call.node("Squeeze", [graph.integers([value])]) }
    self.mask = call.node("Cast", [mask], ["to": .integer(Int(ONNXElement.int64.rawValue))])
    lengths = call.node(
      "Cast", [call.node("ReduceSum", [self.mask, graph.integers([1])], ["keepdims": .integer(0)])],
      ["to": .integer(Int(ONNXElement.int32.rawValue))])
    // Unmasked steps come first if masked ones count as later than all: t + T (1 - m), sorted.
    let steps = call.node("Slice", [call.node("Shape", [mask]), graph.integers([1]), graph.integers([2])])
    let places = call.node("Range", [number(0), call.node("Squeeze", [steps]), number(1)])
    let later = call.node("Mul", [call.node("Sub", [graph.integers([1]), self.mask]), steps])
    order =
      graph.nodes(
        "TopK", [call.node("Add", [places, later]), steps], ["largest": .integer(0), "axis": .integer(1)],
        outputs: 2, name: "\(call.name)/TopK")[1]
  }

  /// A sequence with its unmasked steps first.
  func pack(_ sequence: ONNXValue) -> ONNXValue { gather(sequence, order) }

  /// The outputs of all steps, from those of the packed ones: a masked step has that of the step before it, or after it if
  /// the steps are processed backwards; zero if there is none.
  func unpack(_ sequence: ONNXValue, backwards: Bool) -> ONNXValue {
    let graph = call.graph
    let axis = call.node("Squeeze", [graph.integers([1])])
    let count = call.node("CumSum", [mask, axis])
    // With a step of zeros in front, the output after the n-th unmasked step is in place n.
    let zeros = call.node(
      "Mul",
      [
        call.node("Slice", [sequence, graph.integers([0]), graph.integers([1]), graph.integers([1])]),
        graph.scalar(0),
      ])
    guard backwards else {
      return gather(call.node("Concat", [zeros, sequence], ["axis": .integer(1)]), count)
    }
    // Backwards, it is the next unmasked step: place n of those counted before this one; the operator's own outputs are zero
    // after the last one.
    return gather(
      call.node("Concat", [sequence, zeros], ["axis": .integer(1)]), call.node("Sub", [count, mask]))
  }

  /// The steps of a sequence at places `[batch, steps]`.
  private func gather(_ sequence: ONNXValue, _ places: ONNXValue) -> ONNXValue {
    call.node("GatherND", [sequence, call.unsqueezed(places, axis: 2)], ["batch_dims": .integer(1)])
  }
}
