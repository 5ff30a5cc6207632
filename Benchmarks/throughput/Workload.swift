// One reference model with its rows, to be trained, run forward or run step by step a number of times.

import AllocationCount
import Glibc
import Inference
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
    let options = TrainerOptions(
      Objective(loss: model.loss), batchSize: model.batch, seed: 1, threads: threads)
    trainer = try Trainer(network, options, targetWidths: [1])
    let still = try Network(model.architecture(), rows: model.batch, workers: threads, isTraining: false)
    try still.store.initialize(seed: 1)
    predictor = try BatchRunner(still, Objective(loss: model.loss), targetWidths: [], threads: threads)
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
    var totals = RunningTotals(additionalSums: 0)
    for number in 0..<2 { step(number, &totals) }
    let before = allocation_count()
    let steps = 20
    for number in 2..<2 + steps { step(number, &totals) }
    return Double(allocation_count() - before) / Double(steps)
  }

  private func train(_ batches: Int) {
    var totals = RunningTotals(additionalSums: 0)
    for number in 0..<batches { step(number, &totals) }
  }

  private func step(_ number: Int, _ totals: inout RunningTotals) {
    let start = number % (data.rows / model.batch) * model.batch
    trainer.step(data, order, start..<start + model.batch, into: &totals)
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
    let rows = DataSet(rows: data.rows, inputs: data.inputs, targets: [])
    var totals = RunningTotals(additionalSums: 0)
    var result: [Float] = []
    predictor.forEachBatch(rows, into: &totals) {
      result.append(contentsOf: predictor.network.outputArray())
    }
  }
}

/// One row at a time, a step a call.
private final class SingleRow {
  private let network: StepNetwork
  private let steps: DataSet.Input
  private let places: Int

  /// - Parameter data: rows whose values are used one by one.
  init(_ model: ReferenceModel, _ data: DataSet) throws {
    var model = model
    (model.steps, model.batch) = (1, 1)
    steps = data.inputs[0]
    switch steps {
    case .tokens(let ids): places = ids.count
    case .features(let values): places = values.count
    }
    let network = try Network(
      model.architecture(), rows: 1, workers: 1, isTraining: false, isStreaming: true)
    try network.store.initialize(seed: 1)
    self.network = StepNetwork(network)
  }

  func walk(_ count: Int) {
    for number in 0..<count { network.run(steps, at: number % places) }
  }
}
