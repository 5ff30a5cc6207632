// dL/dh_t, step by step, compared with finite differences in double precision.

import Kernels
import Networks
import RandomNumbers
import Testing
import Training

@Suite struct StateGradientTests {
  @Test(arguments: [
    "simple_rnn(5) dense(1)", "lstm(5) dense(1)", "gru(5) dense(1)", "gru(5,reset_after=false) dense(1)",
    "lstm(4,return_sequences) dropout(0.5) gru(3,return_sequences) dense(2,tanh)",
    "simple_rnn(20,go_backwards) dense(1)", "lstm(3,go_backwards,return_sequences) simple_rnn(4)",
    "embedding(9,4) gru(5) dense(1)", "embedding(9,4,mask_zero) lstm(5) dense(1)",
    "gru(4,dropout=0.5,recurrent_dropout=0.5) dense(1)", "bidirectional(lstm(4)) dense(2)",
    "bidirectional(gru(3,return_sequences)) dense(1)",
  ])
  func gradientsOfEveryState(_ layers: String) throws {
    let check = try StateGradientCheck(layers)
    for layer in check.network.recurrentLayers {
      for row in 0..<check.rows {
        for time in 0..<check.steps { try check.compare(layer, row: row, time: time) }
      }
    }
  }

  @Test func nothingIsKeptByDefault() throws {
    let architecture = try Architecture(
      layers: LayerSpec.parse("lstm(5) dense(1)"), input: .sequence(steps: 4, width: 2))
    let network = try Network(architecture, rows: 3, workers: 1, isTraining: true)
    #expect(network.recurrentLayers.map(\.name) == ["lstm"])
    #expect(network.recurrentLayers[0].stateGradients == nil)
  }
}

/// A network with random weights, its state gradients on one batch, and the same network in double precision.
private struct StateGradientCheck {
  let rows = 11
  let steps = 6
  let network: Network
  private let isText: Bool
  private let x: Values64
  private let targets: [Float]
  private let reference: Reference64

  init(_ layers: String) throws {
    var random = RandomStream(seed: 5, stream: 0)
    isText = layers.hasPrefix("embedding")
    let architecture = try Architecture(
      layers: LayerSpec.parse(layers),
      input: isText ? .tokens(steps: steps) : .sequence(steps: steps, width: 2))
    network = try Network(
      architecture, rows: rows, workers: 2, isTraining: true, keepsStateGradients: true)
    var reference = Reference64(architecture: architecture, weights: [:])
    for parameter in network.parameters {
      let values = (0..<parameter.count).map { _ in Float(0.5 * random.normal()) }
      parameter.assign(values)
      reference.weights[parameter.name] = values.map(Double.init)
    }
    self.reference = reference
    var x = Values64(rows: rows, steps: steps, width: isText ? 1 : 2)
    for i in x.numbers.indices {
      x.numbers[i] =
        isText ? Double(i % steps < i % 4 ? 0 : random.index(below: 9)) : Double(Float(random.normal()))
    }
    self.x = x
    let width = architecture.shapes().last?.reduce(1, *) ?? 0
    targets = (0..<rows * width).map { _ in Float(random.normal()) }
    try takeGradients(width)
  }

  private func takeGradients(_ width: Int) throws {
    let data = DataSet(
      rows: rows,
      input: isText ? .tokens(x.numbers.map { Int32($0) }) : .features(x.numbers.map { Float($0) }),
      targets: targets, targetWidth: width)
    let runner = try BatchRunner(
      network, Objective(loss: .meanSquaredError), targetWidths: [width], threads: 2)
    defer { runner.close() }
    var totals = RunningTotals(additionalSums: 0)
    runner.forEachBatch(data, hasBackward: true, into: &totals) {}
  }

  /// Compares the gradient of a state with the derivative of the loss along each unit.
  func compare(_ layer: RecurrentLayer, row: Int, time: Int) throws {
    let units = layer.options.units
    let found = try #require(layer.stateGradients).array(plan: network.plan)
    let largest = max(found.map(abs).max() ?? 0, 1e-3)
    let start = (row * steps + time) * units
    for unit in 0..<units {
      let slope = slope(layer, row: row, time: time, unit: unit)
      let error = abs(Double(found[start + unit]) - slope) / Double(largest)
      #expect(error < 1e-4, "\(layer.name), row \(row), time \(time), unit \(unit)")
    }
  }

  private func slope(_ layer: RecurrentLayer, row: Int, time: Int, unit: Int) -> Double {
    let distance = 1e-5
    let walked = layer.options.goBackwards ? steps - 1 - time : time
    let losses = [distance, -distance].map { step -> Double in
      var change = [Double](repeating: 0, count: layer.options.units)
      change[unit] = step
      var moved = reference
      moved.nudge = Nudge64(layer: layer.name, row: row, walked: walked, change: change)
      return loss(moved)
    }
    return (losses[0] - losses[1]) / (2 * distance)
  }

  private func loss(_ network: Reference64) -> Double {
    let output = network.output(x).numbers
    let squares = zip(output, targets).reduce(0) { $0 + ($1.0 - Double($1.1)) * ($1.0 - Double($1.1)) }
    return squares / Double(output.count)
  }
}
