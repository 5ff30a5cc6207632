// States carried from batch to batch, and sequences processed step by step, compared with whole sequences.

import Failures
import Networks
import RandomNumbers
import Tensor
import TensorFile
import Testing
import Training

@Suite struct StateTests {
  private static let layers = [
    "simple_rnn(5,return_sequences)", "lstm(5,return_sequences) gru(18,return_sequences) dense(2,tanh)",
    "gru(4,return_sequences,reset_after=false) dropout(0.5) lstm(3,return_sequences,recurrent_dropout=0.5)",
    "masking dense(4,gelu) lstm(5,return_sequences) dense(2)",
    "min_gru(5,return_sequences) min_lstm(18,return_sequences,positive=false) min_gru(17,return_sequences)",
    "sru(20,return_sequences) sru(20,return_sequences) sru(3,tanh,return_sequences)",
    "slstm(5,return_sequences) slstm(12,heads=3,return_sequences)",
    "peephole_lstm(5,return_sequences) layer_norm_lstm(18,return_sequences) lstm(19,proj_size=4,return_sequences)",
    "masking dense(4,gelu) sru(4,return_sequences) min_gru(5,return_sequences) dense(2)",
  ]
  /// Layers whose gates are computed for many steps at a time.
  private static let scans = [
    "min_gru(64,return_sequences)",
    "min_lstm(20,return_sequences) min_lstm(7,return_sequences,positive=false)",
    "sru(3,return_sequences) sru(24,return_sequences) sru(24,tanh,return_sequences)",
    "masking min_gru(17,return_sequences) sru(17,highway=false,return_sequences) min_lstm(16,return_sequences)",
  ]

  /// A network with random weights, which are the same for every call.
  private func network(_ layers: String, rows: Int, steps: Int, isStreaming: Bool = false) throws -> Network {
    var architecture = try Architecture(
      layers: LayerSpec.parse(layers), input: .sequence(steps: steps, width: 3))
    if isStreaming { architecture = try architecture.streaming() }
    let network = try Network(
      architecture, rows: rows, workers: 2, isTraining: false, isStreaming: isStreaming)
    var random = RandomStream(seed: 11)
    for parameter in network.parameters {
      parameter.assign((0..<parameter.count).map { _ in Float(0.4 * random.normal()) })
    }
    return network
  }

  /// Numbers `[rows, steps, 3]`.
  private func numbers(rows: Int, steps: Int) -> [Float] {
    var random = RandomStream(seed: 12)
    return (0..<rows * steps * 3).map { _ in Float(random.normal()) }
  }

  private func outputs(_ network: Network, _ x: [Float], rows: Int) throws -> [Float] {
    let runner = try BatchRunner(
      network, Objective(loss: try Loss(parsing: "mse")), targetWidths: [], threads: 2)
    defer { runner.close() }
    let data = DataSet(rows: rows, input: .features(x), targets: [], targetWidth: 0)
    var (totals, result) = (runner.emptyTotals, [Float]())
    runner.forEachBatch(data, into: &totals) { result += network.outputArray() }
    return result
  }

  /// The steps of `range` of `[rows, steps, width]`.
  private func cut(_ x: [Float], rows: Int, steps: Int, _ range: Range<Int>) -> [Float] {
    let width = x.count / rows / steps
    return (0..<rows).flatMap { (row: Int) -> ArraySlice<Float> in
      let start = (row * steps + range.lowerBound) * width
      return x[start..<start + range.count * width]
    }
  }

  @Test(arguments: layers.filter { !$0.hasPrefix("masking") }) func batchesContinueFromThePreviousOne(
    _ layers: String
  ) throws {
    let stateful = layers.replacing("return_sequences", with: "return_sequences,stateful")
    let (rows, steps) = (19, 6)
    let x = numbers(rows: rows, steps: steps)
    let whole = try outputs(network(layers, rows: rows, steps: steps), x, rows: rows)
    let halves = try network(stateful, rows: rows, steps: 3)
    for _ in 0..<2 {
      for range in [0..<3, 3..<6] {
        let part = try outputs(halves, cut(x, rows: rows, steps: steps, range), rows: rows)
        #expect(distance(part, cut(whole, rows: rows, steps: steps, range)) < 1e-6)
      }
      halves.resetState()
    }
  }

  @Test(arguments: layers) func stepsAreTheSequence(_ layers: String) throws {
    let x = numbers(rows: 1, steps: 9)
    let whole = try outputs(network(layers, rows: 1, steps: 9), x, rows: 1)
    let streaming = try network(layers, rows: 1, steps: 9, isStreaming: true)
    for _ in 0..<2 {
      let stepwise = try (0..<9).flatMap { step in
        try outputs(streaming, Array(x[step * 3..<step * 3 + 3]), rows: 1)
      }
      #expect(distance(stepwise, whole) < 1e-6)
      streaming.resetState()
    }
  }

  /// Whole sequences, in batches of any size, have the same bits as their steps one by one.
  @Test(arguments: scans) func stepsHaveTheBitsOfTheSequence(_ layers: String) throws {
    let (rows, steps) = (37, 50)
    var x = numbers(rows: rows, steps: steps)
    for row in stride(from: 0, to: rows, by: 3) where layers.hasPrefix("masking") {
      for index in 0..<row % 7 * 3 { x[row * steps * 3 + index] = 0 }
    }
    let whole = try outputs(network(layers, rows: rows, steps: steps), x, rows: rows)
    let few = try outputs(network(layers, rows: 5, steps: steps), x, rows: rows)
    #expect(few.map(\.bitPattern) == whole.map(\.bitPattern))
    let streaming = try network(layers, rows: 1, steps: steps, isStreaming: true)
    for row in [0, 3, 36] {
      let stepwise = try (0..<steps).flatMap { step in
        let first = (row * steps + step) * 3
        return try outputs(streaming, Array(x[first..<first + 3]), rows: 1)
      }
      let width = whole.count / rows
      #expect(stepwise.map(\.bitPattern) == whole[row * width..<(row + 1) * width].map(\.bitPattern))
      streaming.resetState()
    }
  }

  @Test(arguments: [
    "bidirectional(lstm(3))", "gru(3,go_backwards)", "lstm(3,return_sequences) global_max_pooling1d",
  ])
  func layersThatNeedAllStepsAreRefused(_ layers: String) throws {
    let architecture = try Architecture(
      layers: LayerSpec.parse(layers), input: .sequence(steps: 4, width: 2))
    #expect(throws: Failure.self) { try architecture.streaming() }
  }
}
