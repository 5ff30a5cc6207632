// All gradients compared with finite differences in double precision, on random shapes: single elements, and along a
// random direction of each weight.

import Kernels
import Networks
import RandomNumbers
import Testing
import Training

@Suite struct GradientTests {
  /// Layers with letters for random sizes: `U` units, `V` further units, `F` features.
  private static let networks = [
    "simple_rnn(U)", "lstm(U)", "gru(U)", "gru(U,reset_after=false)",
    "simple_rnn(U,return_sequences)", "lstm(U,return_sequences)", "gru(U,return_sequences)",
    "gru(U,reset_after=false,return_sequences)",
    "simple_rnn(U,go_backwards)", "lstm(U,go_backwards,return_sequences) dense(V)", "gru(U,go_backwards)",
    "gru(U,reset_after=false,go_backwards,return_sequences) simple_rnn(V)",
    "lstm(U,use_bias=false)", "gru(U,use_bias=false)", "simple_rnn(U,use_bias=false)",
    "lstm(U,activation=sigmoid,recurrent_activation=tanh)",
    "gru(U,activation=sigmoid,recurrent_activation=tanh)",
    "simple_rnn(U,activation=gelu)", "lstm(U,activation=silu,recurrent_activation=softplus,go_backwards)",
    "lstm(U,activation=elu,recurrent_activation=gelu,return_sequences) dense(V,softplus)",
    "gru(U,activation=gelu,recurrent_activation=silu)",
    "gru(U,activation=softsign,recurrent_activation=softplus,reset_after=false,return_sequences)",
    "bidirectional(gru(U,activation=softplus,recurrent_activation=hard_sigmoid)) dense(V,silu) dense(U,gelu)",
    "simple_rnn(U,activation=softsign,return_sequences) dense(V,elu) dense(U,softsign)",
    "bidirectional(simple_rnn(U))", "bidirectional(lstm(U,return_sequences)) dense(V,tanh)",
    "bidirectional(gru(U,return_sequences),merge=sum) lstm(V)", "bidirectional(lstm(U),merge=mul)",
    "bidirectional(gru(U,reset_after=false,return_sequences),merge=ave)",
    "lstm(U,return_sequences) gru(V,return_sequences) simple_rnn(U)",
    "dense(U,tanh) lstm(V) dense(U,sigmoid) dense(V,softmax)", "dense(U,linear)",
    "gru(U) dense(15) ascending(5)", "gru(U,return_sequences) dense(6) ascending(3) dense(V)",
    "embedding(9,F,mask_zero) lstm(U)", "embedding(9,F,mask_zero) simple_rnn(U,go_backwards)",
    "embedding(9,F,mask_zero) gru(U) dense(V)", "embedding(9,F,mask_zero) gru(U,reset_after=false)",
    "embedding(9,F,mask_zero) dense(V,tanh) lstm(U,return_sequences) gru(V)",
    "embedding(9,F,mask_zero) lstm(U,return_sequences,go_backwards) simple_rnn(V)",
    "embedding(9,F,mask_zero) bidirectional(lstm(U,return_sequences),merge=mul) bidirectional(gru(V))",
    "masking lstm(U,activation=silu)", "dense(V,relu) masking bidirectional(simple_rnn(U),merge=sum)",
    "masking bidirectional(gru(U,reset_after=false,return_sequences),merge=ave) lstm(V)",
    "simple_rnn(U,dropout=0.3)", "lstm(U,dropout=0.5,return_sequences)", "gru(U,dropout=0.2) dense(V)",
    "simple_rnn(U,dropout=0.3,recurrent_dropout=0.4,return_sequences)", "lstm(U,recurrent_dropout=0.3)",
    "lstm(U,dropout=0.2,recurrent_dropout=0.6,go_backwards,return_sequences) gru(V,recurrent_dropout=0.3)",
    "gru(U,recurrent_dropout=0.3)",
    "gru(U,dropout=0.4,recurrent_dropout=0.2,return_sequences,use_bias=false)",
    "gru(U,reset_after=false,recurrent_dropout=0.5)",
    "bidirectional(gru(U,reset_after=false,dropout=0.3,recurrent_dropout=0.3,return_sequences)) dense(V)",
    "dense(V) bidirectional(lstm(U,dropout=0.3),merge=sum)",
    "embedding(9,F) lstm(U,dropout=0.3) dense(V)", "embedding(9,F) gru(U,recurrent_dropout=0.3)",
    "masking lstm(U,dropout=0.3,recurrent_dropout=0.3,return_sequences) simple_rnn(V,recurrent_dropout=0.5)",
    "lstm(U,return_sequences) dropout(0.4) gru(V,return_sequences) dropout(0.2)",
    "dense(U) spatial_dropout1d(0.5) simple_rnn(V) dropout(0.3) dense(F)",
    "embedding(9,F) lstm(U)", "embedding(9,F) bidirectional(gru(U)) dense(V)",
    "embedding(9,F) simple_rnn(U,return_sequences) dense(V,tanh)",
  ]
  /// The cells that Keras doesn't have.
  private static let furtherCells = [
    "min_gru(U)", "min_gru(U,return_sequences) dense(V)", "min_gru(U,positive=false,go_backwards)",
    "min_gru(U,use_bias=false,dropout=0.3,return_sequences) min_gru(V)",
    "min_lstm(U)", "min_lstm(U,return_sequences,positive=false) min_lstm(V,use_bias=false)",
    "min_lstm(U,go_backwards,dropout=0.4,return_sequences) dense(V)",
    "sru(U)", "dense(U) sru(U,return_sequences) sru(U,return_sequences) dense(V)",
    "sru(U,tanh,highway=false,return_sequences) sru(V,use_bias=false)",
    "dense(U) sru(U,activation=silu,go_backwards)",
    "dense(U) sru(U,dropout=0.3,return_sequences) sru(V,dropout=0.2)",
    "slstm(U)", "slstm(U,return_sequences) slstm(V,use_bias=false)",
    "slstm(12,heads=3,return_sequences) dense(V)",
    "slstm(36,heads=2,go_backwards)", "slstm(U,dropout=0.3,recurrent_dropout=0.2)",
    "peephole_lstm(U)", "peephole_lstm(U,return_sequences,use_bias=false) peephole_lstm(V)",
    "peephole_lstm(U,activation=silu,recurrent_activation=softplus,go_backwards)",
    "peephole_lstm(U,dropout=0.2,recurrent_dropout=0.3)",
    "lstm(21,proj_size=V)", "lstm(21,proj_size=V,return_sequences) lstm(5,proj_size=3,use_bias=false)",
    "lstm(23,proj_size=V,activation=gelu,recurrent_activation=softplus,go_backwards)",
    "lstm(21,proj_size=V,dropout=0.2,recurrent_dropout=0.3)",
  ]
  /// The same behind masks, in both directions, and over token ids.
  private static let furtherCellsInNetworks = [
    "embedding(9,F,mask_zero) min_gru(U) dense(V)", "embedding(9,F) min_gru(U,return_sequences) min_lstm(V)",
    "masking bidirectional(min_lstm(U,return_sequences)) gru(V)",
    "embedding(9,F,mask_zero) min_lstm(U,go_backwards)",
    "bidirectional(min_gru(U),merge=mul)", "embedding(9,F,mask_zero) sru(U,return_sequences) sru(V)",
    "embedding(9,U) sru(U,return_sequences) dense(V)",
    "masking dense(U) bidirectional(sru(U,return_sequences)) gru(V)",
    "masking slstm(U)",
    "embedding(9,F,mask_zero) bidirectional(slstm(12,heads=2,return_sequences),merge=sum) slstm(V)",
    "embedding(9,F) slstm(U)", "embedding(9,F,mask_zero) peephole_lstm(U,return_sequences) peephole_lstm(V)",
    "bidirectional(peephole_lstm(U)) dense(V)", "embedding(9,F) peephole_lstm(U)",
    "embedding(9,F,mask_zero) lstm(21,proj_size=V,return_sequences) gru(U)",
    "embedding(9,F) lstm(21,proj_size=V)",
    "masking bidirectional(lstm(21,proj_size=V,return_sequences)) gru(U)",
    "bidirectional(lstm(30,proj_size=V),merge=sum)",
  ]
  /// Normalizing a few numbers divides by small differences, which single precision knows less well.
  private static let normalizedCells = [
    "layer_norm_lstm(18)", "layer_norm_lstm(9,return_sequences,use_bias=false) layer_norm_lstm(17)",
    "layer_norm_lstm(20,activation=silu,recurrent_activation=hard_sigmoid,go_backwards)",
    "layer_norm_lstm(19,dropout=0.2,recurrent_dropout=0.3)", "embedding(9,F) layer_norm_lstm(12) dense(V)",
    "embedding(9,F,mask_zero) layer_norm_lstm(12,return_sequences) layer_norm_lstm(16)",
    "masking bidirectional(layer_norm_lstm(17,return_sequences)) gru(V)",
  ]
  /// Graphs, with the same letters: states read by other layers, shared layers, sums around layers, two outputs.
  private static let graphs = [
    "code: {a} lstm(U); all: {code} repeat_vector(9) gru(V,return_sequences); first: {all} cropping1d(0:6); "
      + "last: {all} cropping1d(6:0) dense(U); middle: {all} cropping1d(3); out: {first last middle} concatenate",
    "e: {a} lstm(U,return_state); d: {b} lstm(U,return_sequences,initial_state={e.state}); out: {d} dense(V)",
    "e: {a} gru(U,return_sequences,return_state,go_backwards); d: {b} simple_rnn(U,tanh,initial_state={e.h}); "
      + "out: {d e.h} concatenate dense(V,tanh)",
    "one: {a} gru(U,return_sequences) dense(V,tanh); two: {b} shared(one); s: {one} simple_rnn(U); "
      + "t: {two} shared(s); out: {s t} subtract dense(V)",
    "e: {a} lstm(U,return_state); d: {b} shared(e,initial_state={e.state}); out: {e d} multiply",
    "p: {a} dense(U); one: {p} gru(U,return_sequences); sum: {p one} add; two: {sum} gru(U,return_sequences,"
      + "reset_after=false); out: {sum two} add simple_rnn(V)",
    "once: {a} dense(U) gru(U,return_sequences); twice: {once} gru(U,return_sequences); last: {twice} shared(twice); "
      + "out: {once twice last} average",
    "code: {a} lstm(U); out: {code} repeat_vector(4) activation(sigmoid) gru(V,return_sequences)",
    "q: {a} gru(U,return_sequences); v: {b} lstm(U,return_sequences); out: {q v} attention(use_scale) dense(V)",
    "q: {a} dense(U); v: {b} dense(V); k: {b} gru(U,return_sequences); "
      + "out: {q v k} attention(use_scale,score_mode=concat) gru(V)",
    "q: {a} gru(U,return_sequences); v: {b} dense(U); out: {q v} additive_attention dense(V)",
    "q: {a} dense(U); one: {q q} attention; out: {one q q} additive_attention(use_scale=false) lstm(V)",
    "trunk: {a} lstm(U); tone: {trunk} dense(V); topic: {trunk} dense(F,softmax)",
  ]
  /// States of the cells that Keras doesn't have.
  private static let statesOfFurtherCells = [
    "e: {a} min_gru(U,return_state); d: {b} min_lstm(U,return_sequences,initial_state={e.h}); out: {d} dense(V)",
    "e: {a} sru(U,return_state); d: {b} sru(U,return_state,initial_state={e.c}); "
      + "out: {d e.c} concatenate dense(V)",
    "e: {a} slstm(U,return_state); d: {b} slstm(U,initial_state={e.state}); out: {d e.h} add",
    "e: {a} slstm(12,heads=2,return_state); out: {e e.c e.n e.m} concatenate dense(V)",
    "e: {a} lstm(21,proj_size=V,return_state); d: {b} lstm(21,proj_size=V,return_sequences,"
      + "initial_state={e.h e.c}); out: {d} dense(V)",
    "e: {a} peephole_lstm(U,return_state); d: {b} peephole_lstm(U,initial_state={e.state}); out: {d e.c} multiply",
    "e: {a} layer_norm_lstm(12,return_state); d: {b} layer_norm_lstm(12,initial_state={e.state}); out: {d e.c} add",
  ]
  /// Networks with channels; the steps are multiples of three.
  private static let channels = [
    "last: {a} last_step; change: {a last} subtract channel_segments(3) dense(U,tanh) segment_gru(V,2) dense(3) "
      + "join_channels; out: {change last} add",
    "e: {a} dense(V) channel_segments(3) segment_gru(U,3,channel_embedding=false) gru(V,return_sequences) "
      + "join_channels; out: {e} simple_rnn(U)",
    "e: {a} segment_gru(U,4); out: {e} dense(V)",
    "one: {a} channel_segments(3); two: {one} gru(U,return_sequences,recurrent_dropout=0.2); "
      + "three: {one} dense(U) dropout(0.3); sum: {two three} add segment_gru(V,1) dense(U); last: {two} last_step; "
      + "out: {sum last} multiply join_channels",
  ]
  private static let shapesPerNetwork = 36
  private static let shapesPerFurtherNetwork = 12

  @Test(arguments: Array(networks.enumerated()))
  func gradientsAreDifferences(_ index: Int, _ layers: String) throws {
    for shape in 0..<Self.shapesPerNetwork {
      var random = RandomStream(seed: UInt64(shape), stream: UInt64(index))
      try GradientCheck(layers, &random).run(&random)
    }
  }

  @Test(arguments: Array((furtherCells + furtherCellsInNetworks).enumerated()))
  func gradientsOfFurtherCellsAreDifferences(_ index: Int, _ layers: String) throws {
    for shape in 0..<Self.shapesPerFurtherNetwork {
      var random = RandomStream(seed: UInt64(shape), stream: UInt64(2_000 + index))
      try GradientCheck(layers, &random).run(&random)
    }
  }

  @Test(arguments: Array(normalizedCells.enumerated()))
  func gradientsOfNormalizedCellsAreDifferences(_ index: Int, _ layers: String) throws {
    for shape in 0..<Self.shapesPerFurtherNetwork {
      var random = RandomStream(seed: UInt64(shape), stream: UInt64(3_000 + index))
      try GradientCheck(layers, &random).run(&random)
    }
  }

  @Test(arguments: Array(statesOfFurtherCells.enumerated()))
  func gradientsOfFurtherStatesAreDifferences(_ index: Int, _ layers: String) throws {
    for shape in 0..<Self.shapesPerFurtherNetwork {
      var random = RandomStream(seed: UInt64(shape), stream: UInt64(4_000 + index))
      try GradientCheck(layers, &random).run(&random)
    }
  }

  @Test(arguments: Array(channels.enumerated()))
  func gradientsOfChannelsAreDifferences(_ index: Int, _ layers: String) throws {
    for shape in 0..<Self.shapesPerFurtherNetwork {
      var random = RandomStream(seed: UInt64(shape), stream: UInt64(5_000 + index))
      try GradientCheck(layers, &random).run(&random)
    }
  }

  @Test(arguments: Array(graphs.enumerated()))
  func gradientsOfGraphsAreDifferences(_ index: Int, _ layers: String) throws {
    for shape in 0..<Self.shapesPerNetwork {
      var random = RandomStream(seed: UInt64(shape), stream: UInt64(1_000 + index))
      try GradientCheck(layers, &random).run(&random)
    }
  }
}

/// A network of random sizes on a random batch.
private struct GradientCheck {
  let network: Network
  let data: DataSet
  var inputs: [Values64]
  var reference: Reference64

  init(_ layers: String, _ random: inout RandomStream) throws {
    let sizes = ["U", "V", "F"].map { ($0, 1 + random.index(below: 20)) }
    let rows = 1 + random.index(below: 20)
    let steps =
      layers.contains("channel_segments(3)")
      ? 3 * (1 + random.index(below: 4)) : 1 + random.index(below: 12)
    let text = sizes.reduce(layers) { $0.replacing($1.0, with: String($1.1)) }
    let isText = layers.hasPrefix("embedding")
    let input: ValueShape =
      isText ? .tokens(steps: steps) : .sequence(steps: steps, width: sizes[2].1)
    let topology = try Topology(parsing: text)
    let architecture = try Architecture(topology, inputs: topology.inputs.map { _ in input })
    network = try Network(architecture, rows: rows, workers: 1, isTraining: true)
    inputs = topology.inputs.map { _ in
      var x = Self.input(rows, steps, isText ? nil : sizes[2].1, masked: text.contains("mask"), &random)
      // Rows of ids are reordered by their padding, and dropout depends on the row's position: no padding then.
      if isText && text.contains("dropout") { x.numbers = x.numbers.map { max(1, $0) } }
      return x
    }
    reference = Self.randomWeights(network, architecture, &random)
    reference.drops = true
    data = DataSet(
      rows: rows,
      inputs: inputs.map { x in
        isText ? .tokens(x.numbers.map { Int32($0) }) : .features(x.numbers.map { Float($0) })
      },
      targets: reference.outputs(inputs).map { output in
        let width = output.steps * output.width
        return DataSet.Targets((0..<rows * width).map { _ in Float(random.normal()) }, width: width)
      })
  }

  /// Numbers that single precision represents exactly, or token ids; zero at masked steps.
  private static func input(
    _ rows: Int, _ steps: Int, _ width: Int?, masked: Bool, _ random: inout RandomStream
  )
    -> Values64
  {
    var x = Values64(rows: rows, steps: steps, width: width ?? 1)
    for i in x.numbers.indices {
      x.numbers[i] = width == nil ? Double(random.index(below: 9)) : Double(Float(random.normal()))
    }
    for row in 0..<rows where masked {
      for step in padding(steps, &random) { x[row, step] = x[row, step].map { _ in 0 } }
    }
    return x
  }

  /// Masked steps of a row: at the start, at the end, anywhere, all, or none.
  private static func padding(_ steps: Int, _ random: inout RandomStream) -> [Int] {
    let count = random.index(below: steps + 1)
    switch random.index(below: 5) {
    case 0: return Array(0..<count)
    case 1: return Array(steps - count..<steps)
    case 2: return (0..<count).map { _ in random.index(below: steps) }
    case 3: return Array(0..<steps)
    default: return []
    }
  }

  /// Sets random weights, and returns the same network in double precision.
  private static func randomWeights(
    _ network: Network, _ architecture: Architecture, _ random: inout RandomStream
  ) -> Reference64 {
    var reference = Reference64(architecture: architecture, weights: [:])
    // With unbounded gates, the state grows from step to step, and large weights would make it overflow.
    let unbounded = ["softplus", "gelu", "silu"].contains {
      architecture.text.contains("recurrent_activation=\($0)")
    }
    for parameter in network.parameters {
      let values = (0..<parameter.count).map { _ in Float((unbounded ? 0.1 : 0.4) * random.normal()) }
      parameter.assign(values)
      reference.weights[parameter.name] = values.map(Double.init)
    }
    return reference
  }

  func run(_ random: inout RandomStream) throws {
    try takeGradients()
    for parameter in network.parameters {
      let gradient = parameter.gradientArray
      let largest = max(gradient.map(abs).max() ?? 0, 1e-3)
      for _ in 0..<4 {
        let element = random.index(below: parameter.count)
        var direction = [Double](repeating: 0, count: parameter.count)
        direction[element] = 1
        let error = abs(Double(gradient[element]) - derivative(parameter.name, direction))
        expect(error / Double(largest), parameter.name)
      }
      let direction = (0..<parameter.count).map { _ in random.normal() / Double(parameter.count).squareRoot()
      }
      let along = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * $1.1 }
      expect(
        abs(along - derivative(parameter.name, direction)) / Double(largest),
        "\(parameter.name) along a direction"
      )
    }
  }

  private func expect(_ error: Double, _ what: String) {
    #expect(
      error < 1e-4, "\(what) of \(network.architecture.text), rows \(data.rows), steps \(inputs[0].steps)")
  }

  /// One step of an optimizer that changes no weights.
  private func takeGradients() throws {
    var optimizer = try OptimizerSpec(parsing: "sgd")
    optimizer.rate = .constant(0)
    let terms = network.architecture.topology.outputs.enumerated().map { number, output in
      Objective.Term(
        name: data.targets.count > 1 ? output.name : nil, loss: .meanSquaredError,
        weight: Self.weight(number), metrics: [])
    }
    let options = TrainerOptions(
      Objective(terms), optimizer: optimizer, batchSize: data.rows)
    let trainer = try Trainer(network, options, targetWidths: data.targets.map(\.width))
    defer { trainer.close() }
    var totals = trainer.emptyTotals
    trainer.step(data, Array(0..<data.rows), 0..<data.rows, into: &totals)
  }

  /// The weight of an output's loss.
  private static func weight(_ output: Int) -> Float { 1 / Float(1 << output) }

  /// The loss's derivative along `direction` of one weight, by a central difference.
  private func derivative(_ name: String, _ direction: [Double]) -> Double {
    let distance = 1e-5
    return (loss(name, direction, distance) - loss(name, direction, -distance)) / (2 * distance)
  }

  private func loss(_ name: String, _ direction: [Double], _ distance: Double) -> Double {
    var moved = reference
    moved.weights[name] = zip(moved.weights[name] ?? [], direction).map { $0 + distance * $1 }
    return zip(moved.outputs(inputs), data.targets).enumerated().reduce(0) { sum, term in
      let (number, (output, targets)) = term
      let squares = zip(output.numbers, targets.values).reduce(0) {
        $0 + ($1.0 - Double($1.1)) * ($1.0 - Double($1.1))
      }
      return sum + Double(Self.weight(number)) * squares / Double(output.numbers.count)
    }
  }
}
