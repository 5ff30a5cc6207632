// Training and prediction throughput of the six reference models: a JSON line for each, in sequences a
// second, after warm-up, inputs in memory. Usage: throughput [--threads N] [--repeats N] [model ...]

import Failures
import Glibc
import Kernels
import Networks
import RandomNumbers
import TensorFile
import Training

/// A reference model with made-up rows of its shape.
struct ReferenceModel {
  let name: String
  let layers: String
  let batch: Int
  let steps: Int
  let rows: Int
  let loss: Loss
  let readsTokens: Bool

  static let all = [
    ReferenceModel(
      name: "simple", layers: "simple_rnn(32) dropout(0.3) dense(16,relu) dense(1,sigmoid)", batch: 128,
      steps: 20,
      rows: 12_800, loss: .binaryCrossentropy, readsTokens: false),
    sentiment("lstm", "lstm(64) dropout(0.5)"),
    sentiment("gru", "gru(64) dropout(0.5)"),
    sentiment(
      "stacked",
      "lstm(64,return_sequences) dropout(0.3) lstm(32,return_sequences) dropout(0.3) lstm(16) dropout(0.3)"),
    sentiment("bidirectional", "bidirectional(lstm(64)) dropout(0.5)"),
    ReferenceModel(
      name: "forecaster",
      layers: "lstm(50,return_sequences) dropout(0.2) lstm(50) dropout(0.2) dense(25,relu) dense(1)",
      batch: 32,
      steps: 50, rows: 3_200, loss: .meanSquaredError, readsTokens: false),
  ]

  private static func sentiment(_ name: String, _ body: String) -> ReferenceModel {
    ReferenceModel(
      name: name, layers: "embedding(10000,128) \(body) dense(1,sigmoid)", batch: 128, steps: 200,
      rows: 2_560,
      loss: .binaryCrossentropy, readsTokens: true)
  }

  /// Rows like the tutorial's: words by a power law behind padding of random length, or numbers.
  var data: DataSet {
    var random = RandomStream(seed: 1)
    let targets = (0..<rows).map { _ in Float(random.index(below: 2)) }
    guard readsTokens else {
      let values = (0..<rows * steps).map { _ in Float(random.uniform()) }
      return DataSet(rows: rows, input: .features(values), targets: targets, targetWidth: 1)
    }
    var ids = [Int32](repeating: 0, count: rows * steps)
    for row in 0..<rows {
      // A fifth of the film reviews' steps are padding.
      let padding = random.index(below: steps * 2 / 5)
      for step in padding..<steps { ids[row * steps + step] = Int32(exp(random.uniform() * log(9_999.0))) }
    }
    return DataSet(rows: rows, input: .tokens(ids), targets: targets, targetWidth: 1)
  }

  func trainer(threads: Int) throws -> Trainer {
    let input: InputShape = readsTokens ? .tokens(steps: steps) : .features(steps: steps, width: 1)
    let architecture = try Architecture(layers: LayerSpec.parse(layers), input: input)
    let network = try Network(architecture, rows: batch, workers: threads, isTraining: true)
    network.store.initialize(seed: 1)
    return try Trainer(
      network, TrainerOptions(loss: loss, batchSize: batch, seed: 1, threads: threads), targetWidth: 1)
  }
}

/// Seconds that `work` takes: the median of `repeats` times, after one that doesn't count.
func median(_ repeats: Int, _ work: () -> Void) -> Double {
  work()
  let clock = ContinuousClock()
  let times = (0..<repeats).map { _ in clock.measure(work) / .seconds(1) }
  return times.sorted()[repeats / 2]
}

func measure(_ model: ReferenceModel, threads: Int, repeats: Int) throws {
  let (trainer, data) = (try model.trainer(threads: threads), model.data)
  let order = Array(0..<data.rows)
  let training = median(repeats) {
    var tally = Tally(metrics: 0)
    for start in stride(from: 0, to: data.rows, by: model.batch) {
      trainer.step(data, order, start..<min(start + model.batch, data.rows), into: &tally)
    }
  }
  let prediction = median(repeats) { _ = trainer.predict(data) }
  for (kind, seconds) in [("train", training), ("predict", prediction)] {
    let line: JSONValue = [
      "model": .string(model.name), "kind": .string(kind), "batch": .integer(Int64(model.batch)),
      "threads": .integer(Int64(threads)), "cpu_target": .string(CPUSupport.target),
      "sequences_per_second": .number((Double(data.rows) / seconds).rounded()),
    ]
    print(line.text)
  }
  trainer.close()
}

/// The value behind an option.
func option(_ name: String, _ arguments: inout [String], _ fallback: Int) throws -> Int {
  guard let place = arguments.firstIndex(of: name) else { return fallback }
  guard place + 1 < arguments.count, let value = Int(arguments[place + 1]), value > 0 else {
    throw Failure.usage("\(name) takes a whole number above 0")
  }
  arguments.removeSubrange(place...place + 1)
  return value
}

do {
  var arguments = Array(CommandLine.arguments.dropFirst())
  let threads = try option("--threads", &arguments, max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
  let repeats = try option("--repeats", &arguments, 5)
  let names = ReferenceModel.all.map(\.name)
  if let unknown = arguments.first(where: { !names.contains($0) }) {
    throw Failure.usage("unknown model '\(unknown)'", remedy: suggestion(for: unknown, among: names))
  }
  for model in ReferenceModel.all where arguments.isEmpty || arguments.contains(model.name) {
    try measure(model, threads: threads, repeats: repeats)
  }
} catch let failure as Failure {
  let line = Array("throughput: \(failure)\n".utf8)
  _ = write(2, line, line.count)
  exit(failure.kind.rawValue)
}
