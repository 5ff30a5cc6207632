// Small networks and data sets for the tests of training.

import Networks
import RandomNumbers
import Training

/// A task with numbers: is the mean of a short sequence above 0.5?
func meanTask(rows: Int, steps: Int = 6, seed: UInt64 = 1) -> DataSet {
  var random = RandomStream(seed: seed)
  let x = (0..<rows * steps).map { _ in Float(random.uniform()) }
  let y = (0..<rows).map { row in
    x[row * steps..<(row + 1) * steps].reduce(0, +) > Float(steps) / 2 ? Float(1) : 0
  }
  return DataSet(rows: rows, input: .features(x), targets: y, targetWidth: 1)
}

/// A task with token ids: is the last id even? Rows are padded at the start, some of them completely.
func tokenTask(rows: Int, steps: Int = 6, vocabulary: Int = 20, seed: UInt64 = 1) -> DataSet {
  var random = RandomStream(seed: seed)
  let ids = (0..<rows).flatMap { _ in
    let padding = random.index(below: steps + 1)
    return (0..<steps).map { $0 < padding ? 0 : Int32(random.index(below: vocabulary)) }
  }
  let y = (0..<rows).map { Float(1 - ids[$0 * steps + steps - 1] % 2) }
  return DataSet(rows: rows, input: .tokens(ids), targets: y, targetWidth: 1)
}

/// A task with windows of random walks: what follows them?
func seriesTask(rows: Int, steps: Int, columns: Int, horizon: Int, seed: UInt64 = 1) -> DataSet {
  var random = RandomStream(seed: seed)
  var (x, y): ([Float], [Float]) = ([], [])
  for _ in 0..<rows {
    var value = [Float](repeating: 0, count: columns)
    for step in 0..<steps + horizon {
      value = value.map { $0 + 0.1 * Float(random.normal()) }
      if step < steps { x += value } else { y += value }
    }
  }
  return DataSet(rows: rows, input: .features(x), targets: y, targetWidth: horizon * columns)
}

/// A trainer for `layers` on rows with the shape of `data`.
func trainer(
  _ layers: String, _ data: DataSet, steps: Int = 6, batch: Int = 32, threads: Int = 1, seed: UInt64 = 3,
  optimizer: String = "adam(0.01)", loss: Loss = .binaryCrossentropy,
  metrics: [Metric] = [.accuracy], group: ShardGroup = ShardGroup()
) throws -> Trainer {
  var input = ValueShape.tokens(steps: steps)
  if case .features(let values) = data.inputs[0] {
    input = .sequence(steps: steps, width: values.count / data.rows / steps)
  }
  let architecture = try Architecture(Topology(parsing: layers), inputs: [input])
  let network = try Network(architecture, rows: batch, workers: threads, isTraining: true, group: group)
  try network.store.initialize(seed: seed)
  let options = TrainerOptions(
    Objective(loss: loss, metrics: metrics), optimizer: try OptimizerSpec(parsing: optimizer),
    batchSize: batch,
    seed: seed,
    threads: threads)
  return try Trainer(network, options, targetWidths: data.targets.map(\.width))
}

/// All weights' bits.
func weightBits(_ trainer: Trainer) -> [UInt32] {
  trainer.network.parameters.flatMap { $0.array.map(\.bitPattern) }
}

/// Interrupts training after a number of steps, or never.
final class StopAfter: FitObserver {
  private let steps: Int
  private(set) var epochs: [History.Epoch] = []

  init(steps: Int = .max) { self.steps = steps }

  func stepDone(_ state: TrainingState, stepsInEpoch: Int) -> Bool { state.steps < steps }
  func epochDone(_ epoch: History.Epoch, _ state: TrainingState) { epochs.append(epoch) }
}

/// Records the bits of the weights after each epoch.
final class WeightsAfterEpochs: FitObserver {
  private let trainer: Trainer
  private(set) var weights: [[UInt32]] = []

  init(_ trainer: Trainer) { self.trainer = trainer }

  func stepDone(_ state: TrainingState, stepsInEpoch: Int) -> Bool { true }
  func epochDone(_ epoch: History.Epoch, _ state: TrainingState) { weights.append(weightBits(trainer)) }
}
