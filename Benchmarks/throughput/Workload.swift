// One reference model with its rows, to be trained, run forward or run step by step a number of times.

import AllocationCount
import Glibc
import Networks
import Training

/// The kinds of measurements.
enum Kind: String, CaseIterable {
  /// Training steps on full batches.
  case train
  /// Forward passes of full batches.
  case predict
  /// One row, one time step per call, as for a stream of values.
  case step
}

/// A model ready to be measured.
final class Workload {
  let model: ReferenceModel
  private let data: DataSet
  private let trainer: Trainer
  /// The network as rnn-predict builds it, without memory for gradients.
  private let predictor: BatchRunner
  private let order: [Int]
  private let single: SingleRow

  /// - Parameter full: whether rows have no padding.
  init(_ model: ReferenceModel, _ inputs: Inputs, full: Bool, threads: Int) throws {
    self.model = model
    data = inputs.rows(for: model, full: full)
    order = Array(0..<data.rows)
    let network = try Network(model.architecture(), rows: model.batch, workers: threads, isTraining: true)
    try network.store.initialize(seed: 1)
    let options = TrainerOptions(loss: model.loss, batchSize: model.batch, seed: 1, threads: threads)
    trainer = try Trainer(network, options, targetWidth: 1)
    let still = try Network(model.architecture(), rows: model.batch, workers: threads, isTraining: false)
    try still.store.initialize(seed: 1)
    predictor = try BatchRunner(still, loss: model.loss, metrics: [], targetWidth: 0, threads: threads)
    single = try SingleRow(model, data)
  }

  /// Ends the threads.
  func close() {
    trainer.close()
    predictor.close()
  }

  /// Runs `count` batches, or steps of one row; returns the number of rows.
  func run(_ kind: Kind, _ count: Int) -> Int {
    switch kind {
    case .train: train(count)
    case .predict: predict(count)
    case .step: single.walk(count)
    }
    return kind == .step ? count : count * model.batch
  }

  /// The time of `run` in seconds.
  func seconds(_ kind: Kind, _ count: Int) -> Double {
    let clock = ContinuousClock()
    return clock.measure { _ = run(kind, count) } / .seconds(1)
  }

  /// The number of allocations in a training step, after the first ones.
  func allocationsPerStep() -> Double {
    var tally = Tally(metrics: 0)
    for number in 0..<2 { step(number, &tally) }
    let before = allocation_count()
    let steps = 20
    for number in 2..<2 + steps { step(number, &tally) }
    return Double(allocation_count() - before) / Double(steps)
  }

  private func train(_ batches: Int) {
    var tally = Tally(metrics: 0)
    for number in 0..<batches { step(number, &tally) }
  }

  private func step(_ number: Int, _ tally: inout Tally) {
    let start = number % (data.rows / model.batch) * model.batch
    trainer.step(data, order, start..<start + model.batch, into: &tally)
  }

  private func predict(_ batches: Int) {
    let most = data.rows / model.batch
    var left = batches
    while left > 0 {
      let part = min(left, most)
      forward(part == most ? data : data.slice(0..<part * model.batch))
      left -= part
    }
  }
}

extension Workload {
  /// The outputs of all rows, computed as in rnn-predict.
  private func forward(_ data: DataSet) {
    let rows = DataSet(rows: data.rows, input: data.input, targets: [], targetWidth: 0)
    var tally = Tally(metrics: 0)
    var result: [Float] = []
    predictor.forEachBatch(rows, into: &tally) {
      result.append(contentsOf: predictor.network.outputArray())
    }
  }
}

/// A network for one row of one step, which carries its state from call to call.
private final class SingleRow {
  private let network: Network
  private let data: DataSet
  private let places: Int
  private let pass = Pass(isTraining: false)
  private var order = [0]

  /// - Parameter data: rows whose values are used one by one.
  init(_ model: ReferenceModel, _ data: DataSet) throws {
    var model = model
    (model.steps, model.batch) = (1, 1)
    self.data = data
    switch data.input {
    case .tokens(let ids): places = ids.count
    case .features(let values): places = values.count
    }
    network = try Network(
      model.architecture(), rows: 1, workers: 1, isTraining: false, isStreaming: true)
    try network.store.initialize(seed: 1)
    network.prepare(pass)
  }

  func walk(_ count: Int) {
    for number in 0..<count {
      order[0] = number % places
      network.begin(rows: 1)
      let shard = network.plan.shard(0, worker: 0)
      switch data.input {
      case .tokens(let ids): network.load(tokens: ids, order, first: 0, shard)
      case .features(let values): network.load(features: values, order, first: 0, shard)
      }
      network.beginBatch(pass)
      network.project(part: 0, worker: 0, pass)
      network.forward(shard, pass)
    }
  }
}
