// How long a step of one row takes with the networks of low latency (rnn-predict --stream --low-latency), from the numbers
// of the step to the output: in single precision, and with weights as bytes.

import Glibc
import JSON
import Kernels
import Networks
import TensorFile
import Training

/// A network of recurrent layers of one kind, and one output.
struct StepComparison {
  /// A network, by the name that all programs of the comparison use.
  struct Size {
    let name: String
    let features: Int
    let layers: String
  }

  static let sizes =
    ["lstm", "gru"].flatMap { cell in
      [16, 32, 64].map { Size(name: "\(cell)-\($0)", features: 1, layers: "\(cell)(\($0))") }
    } + [
      Size(name: "lstm-2x128", features: 16, layers: "lstm(128,return_sequences) lstm(128)"),
      Size(
        name: "lstm-3x256", features: 16,
        layers: "lstm(256,return_sequences) lstm(256,return_sequences) lstm(256)"),
    ]

  /// The steps that are measured one by one, after as many that aren't.
  let steps: Int

  /// Measures all networks; prints a line for each, and for each form of its weights.
  func run() throws {
    for size in Self.sizes {
      let model = try Self.model(size)
      try measure(size, model, weights: "float32")
      try measure(size, model.quantized(.int8).model, weights: "int8")
    }
  }

  private static func model(_ size: Size) throws -> ModelFile {
    let architecture = try Architecture(
      layers: LayerSpec.parse("\(size.layers) dense(1)"), input: .sequence(steps: 1, width: size.features))
    let network = try Network(architecture, rows: 1, workers: 1, isTraining: false)
    try network.store.initialize(seed: 1)
    return ModelFile(network, ObjectiveText(loss: "mse", metrics: []), facts: StreamHeader(kind: "windows"))
  }

  private func measure(_ size: Size, _ model: ModelFile, weights: String) throws {
    let network = try model.lowLatencyNetwork()
    let inputs = (0..<4096 * size.features).map { 0.5 * sinf(0.01 * Float($0)) }
    let clock = ContinuousClock()
    var (times, sum) = ([Double](repeating: 0, count: steps), Float(0))
    for number in -steps..<steps {
      let start = (number + steps) % 4096 * size.features
      let begin = clock.now
      network.run(inputs, from: start)
      sum += network.output(0)
      let time = (clock.now - begin) / .microseconds(1)
      if number >= 0 { times[number] = time }
    }
    times.sort()
    let line: JSONValue = [
      "kind": "single_step", "network": .string(size.name), "weights": .string(weights),
      "cpu_target": .string(CPUSupport.target), "integer_matrices": .integer(Int64(network.integerMatrices)),
      "median": .number(rounded(times[steps / 2])), "p99": .number(rounded(times[steps * 99 / 100])),
      "mean_in_blocks": .number(rounded(blocks(network, inputs, size.features, &sum))),
      "finite": .bool(sum.isFinite),
    ]
    print(line.text)
    flushOutput()
  }

  /// The median over blocks of 64 steps of the time of a step: clocks take as long as a small step, and may be coarse.
  private func blocks(_ network: LowLatencyNetwork, _ inputs: [Float], _ features: Int, _ sum: inout Float)
    -> Double
  {
    let clock = ContinuousClock()
    let times = (0..<max(1, steps / 64)).map { block in
      let begin = clock.now
      for number in 0..<64 {
        network.run(inputs, from: (block * 64 + number) % 4096 * features)
        sum += network.output(0)
      }
      return (clock.now - begin) / .microseconds(1) / 64
    }
    return times.sorted()[times.count / 2]
  }

  private func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}
