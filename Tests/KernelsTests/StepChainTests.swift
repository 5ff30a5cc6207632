// Chains of steps compared with the formulas in double precision.

import Foundation
import Kernels
import Testing

@Suite struct StepChainTests {
  @Test func tanhIsWithinItsBound() {
    var values: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, .leastNormalMagnitude, 1e-30, 7.625, 7.75, 8, 8.5, 9, 1e30, .infinity,
    ]
    for bits in stride(from: UInt32(0), through: Float(12).bitPattern, by: 4999) {
      values.append(Float(bitPattern: bits))
    }
    for (x, y) in zip(values, stepTanh(values)) {
      let expected = Foundation.tanh(Double(x))
      // Below the normal numbers, a float is a multiple of the least one.
      let bound = 7e-7 * (x < 0.125 ? abs(expected) : 1) + Double(Float.leastNonzeroMagnitude)
      #expect(abs(Double(y) - expected) <= bound, "\(x)")
    }
    #expect(stepTanh(values.map(-)) == stepTanh(values).map(-))
    #expect(stepTanh([0, -0.0, -.infinity, .nan]).map { $0.isNaN ? 9 : $0 } == [0, 0, -1, 9])
  }

  /// A cell, units, and whether weights are bytes.
  struct Example: CustomStringConvertible, Sendable {
    let cell: String
    let units: Int
    let isInteger: Bool
    var kinds = CellActivations(activation: .tanh, recurrent: .sigmoid)

    var description: String {
      "\(cell)(\(units)) \(isInteger ? "bytes" : "floats") \(kinds.activation)"
    }

    static let all: [Example] = ["lstm", "gru", "simple_rnn"].flatMap { cell in
      [1, 5, 16, 17, 32, 50, 128, 145].flatMap { units in
        [false, true].map { Example(cell: cell, units: units, isInteger: $0) }
      } + [
        Example(
          cell: cell, units: 20, isInteger: false,
          kinds: CellActivations(activation: .relu, recurrent: .hardSigmoid)),
        Example(
          cell: cell, units: 20, isInteger: true,
          kinds: CellActivations(activation: .softsign, recurrent: .sigmoid)),
      ]
    }
  }

  @Test(arguments: Example.all) func stepsAreThoseOfTheFormulas(_ example: Example) {
    var weights = Weights(isInteger: example.isInteger)
    let layers = [
      weights.cell(example, inputs: 3), weights.cell(example, inputs: example.units),
      StepLayer.dense(
        weights.matrix(example.units, 10), bias: weights.numbers(10), .elementwise(.sigmoid)),
      .dense(weights.matrix(10, 2), bias: weights.numbers(2), .softmax),
    ]
    let chain = StepChain(.features(3), layers)
    var reference = Reference(layers)
    for round in 0..<2 {
      for _ in 0..<12 {
        let x = weights.numbers(3)
        chain.run(x)
        let expected = reference.step(x.map(Double.init))
        // As bytes, the weights of small cells are large, which adds up the states' errors of half a level.
        for (one, other) in zip(chain.outputs, expected) {
          #expect(abs(Double(one) - other) < (example.isInteger ? 2e-4 : 5e-6), "round \(round)")
        }
        #expect(chain.output(1) == chain.outputs[1])
      }
      chain.resetState()
      reference = Reference(layers)
    }
    let bounded = example.kinds.activation == .tanh
    #expect(chain.integerMatrices == (example.isInteger && bounded ? 4 : 0))
  }

  @Test(arguments: [false, true]) func tokensHaveTheirRows(_ isInteger: Bool) {
    var weights = Weights(isInteger: isInteger)
    let example = Example(cell: "lstm", units: 24, isInteger: isInteger)
    let layers = [
      weights.cell(example, inputs: 7),
      .dense(weights.matrix(24, 40), bias: weights.numbers(40), .softmax),
    ]
    let table = weights.numbers(7 * 50)
    let chain = StepChain(.tokens(table, width: 7), layers)
    var reference = Reference(layers)
    var last: [Float] = []
    for token in [3, 49, 0, 3, 3, 17] {
      chain.run(token: token)
      let expected = reference.step(table[token * 7..<token * 7 + 7].map(Double.init))
      for (one, other) in zip(chain.outputs, expected) { #expect(abs(Double(one) - other) < 4e-5) }
      last = chain.outputs
    }
    chain.run(token: 0, isMasked: true)
    #expect(chain.outputs == last)
    chain.run(token: 5)
    let expected = reference.step(table[35..<42].map(Double.init))
    for (one, other) in zip(chain.outputs, expected) { #expect(abs(Double(one) - other) < 4e-5) }
  }

  @Test func sumsOfManyLargeBytesAreExact() {
    // 300 times 127: the most that a column of this matrix can have.
    let bytes = [Int8](repeating: 127, count: 300 * 300)
    let matrix = StepMatrix(
      depth: 300, columns: 300, values: bytes.map { Float($0) * 1e-4 },
      bytes: (bytes, [Float](repeating: 1e-4, count: 300)))
    let kernel = StepMatrix(depth: 1, columns: 300, values: [Float](repeating: 50, count: 300))
    let layers = [
      StepLayer.simpleRNN(
        StepCell(
          kernel: kernel, recurrent: matrix, bias: [Float](repeating: 0, count: 300),
          activations: CellActivations(activation: .tanh, recurrent: .sigmoid)))
    ]
    let chain = StepChain(.features(1), layers)
    chain.run([1])
    #expect(chain.outputs.allSatisfy { $0 == 1 })
    // 300 times .0127 times 1, less 3.81: the sums cancel.
    chain.run([-3.81 / 50])
    #expect(chain.outputs.allSatisfy { abs($0) < 1e-4 })
    #expect(chain.largestInput < 1e37 && chain.largestInput > 1e36)
  }
}

/// Pseudo-random weights.
private struct Weights {
  let isInteger: Bool
  private var state: UInt64 = 7

  init(isInteger: Bool) { self.isInteger = isInteger }

  mutating func number() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (Float(state >> 40) / Float(1 << 24) - 0.5) * 0.8
  }

  mutating func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in number() } }

  mutating func matrix(_ depth: Int, _ columns: Int) -> StepMatrix {
    let values = numbers(depth * columns)
    guard isInteger else { return StepMatrix(depth: depth, columns: columns, values: values) }
    let unit = 0.4 / 127 / Float(max(1, depth / 16))
    let factors = (0..<columns).map { (column: Int) -> Float in unit * Float(1 + column % 3) }
    let bytes = values.map { Int8($0 / 0.4 * 127) }
    return StepMatrix(
      depth: depth, columns: columns,
      values: bytes.enumerated().map { Float($0.element) * factors[$0.offset % columns] },
      bytes: (bytes, factors))
  }

  mutating func cell(_ example: StepChainTests.Example, inputs: Int) -> StepLayer {
    let gates = example.cell == "lstm" ? 4 : example.cell == "gru" ? 3 : 1
    let width = gates * example.units
    let cell = StepCell(
      kernel: matrix(inputs, width), recurrent: matrix(example.units, width),
      bias: numbers(example.cell == "gru" ? 2 * width : width), activations: example.kinds)
    switch example.cell {
    case "lstm": return .lstm(cell)
    case "gru": return .gru(cell)
    default: return .simpleRNN(cell)
    }
  }
}

/// The formulas of the layers, in double precision.
private struct Reference {
  private let layers: [StepLayer]
  private var h: [[Double]]
  private var c: [[Double]]

  init(_ layers: [StepLayer]) {
    self.layers = layers
    h = layers.map { [Double](repeating: 0, count: $0.width) }
    c = h
  }

  mutating func step(_ x: [Double]) -> [Double] {
    var value = x
    for (number, layer) in layers.enumerated() {
      switch layer {
      case .lstm(let cell): stepLSTM(number, cell, value)
      case .gru(let cell): stepGRU(number, cell, value)
      case .simpleRNN(let cell):
        let z = sums(value, cell.kernel, cell.bias[...], h[number], cell.recurrent)
        h[number] = z.map { apply(cell.activations.activation, $0) }
      case .dense(let kernel, let bias, .elementwise(let kind)):
        h[number] = zip(product(value, kernel), bias).map { apply(kind, $0 + Double($1)) }
      case .dense(let kernel, let bias, .softmax):
        let powers = zip(product(value, kernel), bias).map { exp($0 + Double($1)) }
        h[number] = powers.map { $0 / powers.reduce(0, +) }
      }
      value = h[number]
    }
    return value
  }

  private mutating func stepLSTM(_ number: Int, _ cell: StepCell, _ x: [Double]) {
    let z = sums(x, cell.kernel, cell.bias[...], h[number], cell.recurrent)
    let (units, s, a) = (cell.units, cell.activations.recurrent, cell.activations.activation)
    for j in 0..<units {
      let candidate = apply(a, z[2 * units + j])
      c[number][j] = apply(s, z[units + j]) * c[number][j] + apply(s, z[j]) * candidate
      h[number][j] = apply(s, z[3 * units + j]) * apply(a, c[number][j])
    }
  }

  private mutating func stepGRU(_ number: Int, _ cell: StepCell, _ x: [Double]) {
    let (units, s, a) = (cell.units, cell.activations.recurrent, cell.activations.activation)
    let own = zip(product(x, cell.kernel), cell.bias).map { $0 + Double($1) }
    let state = zip(product(h[number], cell.recurrent), cell.bias.dropFirst(3 * units)).map {
      $0 + Double($1)
    }
    for j in 0..<units {
      let z = apply(s, own[j] + state[j])
      let r = apply(s, own[units + j] + state[units + j])
      let candidate = apply(a, own[2 * units + j] + r * state[2 * units + j])
      h[number][j] = z * h[number][j] + (1 - z) * candidate
    }
  }

  private func sums(
    _ x: [Double], _ kernel: StepMatrix, _ bias: ArraySlice<Float>, _ h: [Double], _ recurrent: StepMatrix
  ) -> [Double] {
    zip(zip(product(x, kernel), product(h, recurrent)), bias).map { $0.0 + $0.1 + Double($1) }
  }

  private func product(_ x: [Double], _ matrix: StepMatrix) -> [Double] {
    (0..<matrix.columns).map { column in
      x.indices.reduce(0) { $0 + x[$1] * Double(matrix.values[$1 * matrix.columns + column]) }
    }
  }

  private func apply(_ kind: ActivationKind, _ x: Double) -> Double {
    switch kind {
    case .tanh: tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .relu: max(0, x)
    case .hardSigmoid: min(1, max(0, x / 6 + 0.5))
    case .softsign: x / (1 + abs(x))
    default: x
    }
  }
}
