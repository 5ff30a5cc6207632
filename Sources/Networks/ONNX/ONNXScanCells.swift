// One step of the cells that ONNX has no operator for; the equations are at the head of each cell's file.

import Kernels
import ONNX
import Tensor

extension ONNXCall {
  /// x W + b for all steps.
  fileprivate func projected(bias: Bool) throws -> ONNXValue {
    let product = node("MatMul", [input.value, try constant("kernel")])
    return bias ? node("Add", [product, try constant("bias")]) : product
  }

  /// Parts of equal width along the last axis.
  fileprivate func parts(_ value: ONNXValue, _ count: Int, width: Int) -> [ONNXValue] {
    graph.nodes(
      "Split", [value, graph.integers([Int](repeating: width, count: count))], ["axis": .integer(-1)],
      outputs: count,
      name: "\(name)/Split")
  }

  fileprivate func sum(_ a: ONNXValue, _ b: ONNXValue) -> ONNXValue { node("Add", [a, b]) }
  fileprivate func product(_ a: ONNXValue, _ b: ONNXValue) -> ONNXValue { node("Mul", [a, b]) }
  fileprivate func sigmoid(_ a: ONNXValue) -> ONNXValue { node("Sigmoid", [a]) }
  fileprivate func complement(_ a: ONNXValue) -> ONNXValue { node("Sub", [graph.scalar(1), a]) }
  fileprivate func apply(_ kind: ActivationKind, to value: ONNXValue) -> ONNXValue {
    apply(OutputFunction.elementwise(kind), to: value)
  }

  /// share a + (1 - share) b.
  fileprivate func mixed(_ share: ONNXValue, _ a: ONNXValue, _ b: ONNXValue) -> ONNXValue {
    sum(product(share, a), product(complement(share), b))
  }
}

extension MinimalDefinition {
  /// x + 1/2 for x >= 0, s(x) below; x itself if it isn't made positive.
  fileprivate func candidate(_ x: ONNXValue, _ call: ONNXCall) -> ONNXValue {
    guard positive else { return x }
    let isNegative = call.node("Less", [x, call.graph.scalar(0)])
    return call.node("Where", [isNegative, call.sigmoid(x), call.sum(x, call.graph.scalar(0.5))])
  }
}

extension MinGRU {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let x = call.parts(try call.projected(bias: options.useBias), 2, width: options.units)
    let inputs = [call.sigmoid(x[1]), candidate(x[0], call)]
    return try ONNXScan(options, widths: [options.units], inputs: inputs) { call, x, states in
      [call.mixed(x[0], x[1], states[0])]
    }.write(call)
  }
}

extension MinLSTM {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let x = call.parts(try call.projected(bias: options.useBias), 3, width: options.units)
    let (f, i) = (call.sigmoid(x[1]), call.sigmoid(x[2]))
    let inputs = [call.node("Div", [f, call.sum(f, i)]), candidate(x[0], call)]
    return try ONNXScan(options, widths: [options.units], inputs: inputs) { call, x, states in
      [call.mixed(x[0], states[0], x[1])]
    }.write(call)
  }
}

extension SRU {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let count = gates(inputWidth: call.input.shape.width)
    let x = call.parts(try call.projected(bias: false), count, width: options.units)
    func part(_ role: String, _ place: Int) throws -> ONNXValue {
      let values = try call.tensor(role).floats
      let own = Array(values[place * options.units..<(place + 1) * options.units])
      return call.graph.constant(own, [own.count], name: "\(call.name).\(role)\(place)")
    }
    var gates = [x[1], x[2]]
    if options.useBias { gates = try gates.enumerated().map { call.sum($1, try part("bias", $0)) } }
    let bypass = highway ? [count == 4 ? x[3] : call.input.value] : []
    let (forget, reset) = (try part("vector", 0), try part("vector", 1))
    return try ONNXScan(
      options, widths: [options.units, options.units], outputIsState: false, inputs: [x[0]] + gates + bypass
    ) { call, x, states in
      let c = states[1]
      let f = call.sigmoid(call.sum(x[1], call.product(forget, c)))
      let r = call.sigmoid(call.sum(x[2], call.product(reset, c)))
      let next = call.mixed(f, c, x[0])
      let shown = call.apply(options.activation, to: next)
      return [highway ? call.mixed(r, shown, x[3]) : call.product(r, shown), next]
    }.write(call)
  }
}

extension SLSTM {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let units = options.units
    let recurrent = call.graph.constant(
      try wholeMatrix(call), [units, 4 * units], name: "\(call.name).recurrent_kernel")
    return try ONNXScan(
      options, widths: [units, units, units, units], inputs: [try call.projected(bias: options.useBias)]
    ) { call, x, states in
      let z = call.parts(call.sum(x[0], call.node("MatMul", [states[0], recurrent])), 4, width: units)
      // ln s(x) = -softplus(-x)
      let decay = call.node("Neg", [call.node("Softplus", [call.node("Neg", [z[1]])])])
      let kept = call.sum(states[3], decay)
      let isBeginning = call.node("Equal", [states[2], call.graph.scalar(0)])
      let m = call.node("Where", [isBeginning, z[0], call.node("Max", [z[0], kept])])
      let i = call.node("Exp", [call.node("Sub", [z[0], m])])
      let f = call.node(
        "Where", [isBeginning, call.graph.scalar(0), call.node("Exp", [call.node("Sub", [kept, m])])])
      let c = call.sum(call.product(f, states[1]), call.product(i, call.node("Tanh", [z[2]])))
      let n = call.sum(call.product(f, states[2]), i)
      return [call.node("Div", [call.product(call.sigmoid(z[3]), c), n]), c, n, m]
    }.write(call)
  }

  /// The heads' matrices as one, with zeros between states and gates of different heads.
  private func wholeMatrix(_ call: ONNXCall) throws -> [Float] {
    let (units, part) = (options.units, options.units / heads)
    let values = try call.tensor("recurrent_kernel").floats
    var result = [Float](repeating: 0, count: units * 4 * units)
    for head in 0..<heads {
      for row in 0..<part {
        for gate in 0..<4 {
          let start = gate * units + head * part
          for column in start..<start + part {
            result[(head * part + row) * 4 * units + column] = values[row * 4 * units + column]
          }
        }
      }
    }
    return result
  }
}

extension LayerNormLSTM {
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue] {
    let units = options.units
    func norm(_ role: String) throws -> (ONNXCall, ONNXValue) -> ONNXValue {
      let (gamma, beta) = (try call.constant("\(role)_gamma"), try call.constant("\(role)_beta"))
      return { call, value in call.normalized(value, gamma: gamma, beta: beta, epsilon: epsilon) }
    }
    let (ofInput, ofState, ofMemory) = (try norm("kernel"), try norm("recurrent"), try norm("state"))
    let recurrent = try call.constant("recurrent_kernel")
    var x = ofInput(call, try call.projected(bias: false))
    if options.useBias { x = call.sum(x, try call.constant("bias")) }
    return try ONNXScan(options, widths: [units, units], inputs: [x]) { call, x, states in
      let product = ofState(call, call.node("MatMul", [states[0], recurrent]))
      let z = call.parts(call.sum(x[0], product), 4, width: units)
      let (i, f) = (
        call.apply(options.recurrentActivation, to: z[0]), call.apply(options.recurrentActivation, to: z[1])
      )
      let g = call.apply(options.activation, to: z[2])
      let c = ofMemory(call, call.sum(call.product(f, states[1]), call.product(i, g)))
      let o = call.apply(options.recurrentActivation, to: z[3])
      return [call.product(o, call.apply(options.activation, to: c)), c]
    }.write(call)
  }
}

extension LSTM {
  /// The layer as a Scan: with a projection, or activations that ONNX's operator doesn't have.
  func writeScan(_ call: ONNXCall) throws -> [ONNXValue] {
    let units = options.units
    let recurrent = try call.constant("recurrent_kernel")
    let narrowing = projection > 0 ? try call.constant("projection") : nil
    let inputs = [try call.projected(bias: options.useBias)]
    return try ONNXScan(options, widths: stateWidths, inputs: inputs) { call, x, states in
      let z = call.parts(call.sum(x[0], call.node("MatMul", [states[0], recurrent])), 4, width: units)
      let (i, f) = (
        call.apply(options.recurrentActivation, to: z[0]), call.apply(options.recurrentActivation, to: z[1])
      )
      let c = call.sum(
        call.product(f, states[1]), call.product(i, call.apply(options.activation, to: z[2])))
      let o = call.apply(options.recurrentActivation, to: z[3])
      let y = call.product(o, call.apply(options.activation, to: c))
      return [narrowing.map { call.node("MatMul", [y, $0]) } ?? y, c]
    }.write(call)
  }
}

extension SimpleRNN {
  /// The layer as a Scan, with an activation that ONNX's operator doesn't have.
  func writeScan(_ call: ONNXCall) throws -> [ONNXValue] {
    let recurrent = try call.constant("recurrent_kernel")
    let inputs = [try call.projected(bias: options.useBias)]
    return try ONNXScan(options, widths: [options.units], inputs: inputs) { call, x, states in
      [call.apply(options.activation, to: call.sum(x[0], call.node("MatMul", [states[0], recurrent])))]
    }.write(call)
  }
}

extension GRU {
  /// The layer as a Scan, with activations that ONNX's operator doesn't have.
  func writeScan(_ call: ONNXCall) throws -> [ONNXValue] {
    let units = options.units
    var x = call.node("MatMul", [call.input.value, try call.constant("kernel")])
    let biases = options.useBias ? try call.tensor("bias").floats : []
    func bias(_ range: Range<Int>, _ name: String) -> ONNXValue {
      call.graph.constant(Array(biases[range]), [range.count], name: "\(call.name).\(name)")
    }
    if options.useBias { x = call.sum(x, bias(0..<3 * units, "bias")) }
    let ofState = biases.count > 3 * units ? bias(3 * units..<6 * units, "recurrent_bias") : nil
    let ofGates =
      options.resetAfter ? try call.constant("recurrent_kernel") : try columns(0..<2 * units, call)
    let ofCandidate = options.resetAfter ? ofGates : try columns(2 * units..<3 * units, call)
    return try ONNXScan(options, widths: [units], inputs: [x]) { call, x, states in
      let (h, parts) = (states[0], call.parts(x[0], 3, width: units))
      func gate(_ value: ONNXValue) -> ONNXValue { call.apply(options.recurrentActivation, to: value) }
      if options.resetAfter {
        let product = call.node("MatMul", [h, ofGates])
        let u = call.parts(ofState.map { call.sum(product, $0) } ?? product, 3, width: units)
        let (z, r) = (gate(call.sum(parts[0], u[0])), gate(call.sum(parts[1], u[1])))
        let g = call.apply(options.activation, to: call.sum(parts[2], call.product(r, u[2])))
        return [call.mixed(z, h, g)]
      }
      let u = call.parts(call.node("MatMul", [h, ofGates]), 2, width: units)
      let (z, r) = (gate(call.sum(parts[0], u[0])), gate(call.sum(parts[1], u[1])))
      let product = call.node("MatMul", [call.product(r, h), ofCandidate])
      return [call.mixed(z, h, call.apply(options.activation, to: call.sum(parts[2], product)))]
    }.write(call)
  }

  /// Columns of U as a matrix of their own.
  private func columns(_ range: Range<Int>, _ call: ONNXCall) throws -> ONNXValue {
    let (values, units) = (try call.tensor("recurrent_kernel").floats, options.units)
    var own: [Float] = []
    for row in 0..<units {
      let start = row * 3 * units
      own += values[start + range.lowerBound..<start + range.upperBound]
    }
    return call.graph.constant(
      own, [units, range.count], name: "\(call.name).recurrent_kernel\(range.lowerBound)")
  }
}
