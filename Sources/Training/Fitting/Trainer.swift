// A training step: a batch runs through the network in shards, forward and backward, their gradients are summed in the
// order of a fixed tree, and the optimizer updates the weights.
//
// A step has four phases with a barrier after each: packing the weights, running the shards (both in BatchRunner),
// summing the gradients, updating the weights. If the batch's tokens share work, one more phase before the shards
// projects them and one after the shards computes their gradients. The division of a phase into items depends only on
// the data, so results don't depend on threads; all memory is allocated in the initializer, so a step allocates
// nothing.
//
// If several processes train the network, each runs some of the shards; they exchange gradients between the phases, and all
// of them update all weights.

import Failures
import Kernels
import Networks

/// The settings for training a network.
public struct TrainerOptions: Sendable {
  /// The losses that training minimizes, and the metrics.
  public var objective: Objective
  /// The optimizer, including the initial learning rate.
  public var optimizer: OptimizerSpec
  /// The batch size in `Fit`; `evaluate` and `predict` use the batch size for which the network was built.
  public var batchSize: Int
  /// The seed for dropout masks and shuffling.
  public var seed: UInt64
  /// The number of threads; results don't depend on it.
  public var threads: Int

  /// Keras's default optimizer and batch size; one thread.
  public init(
    _ objective: Objective, optimizer: OptimizerSpec = .adam, batchSize: Int = 32, seed: UInt64 = 0,
    threads: Int = 1
  ) {
    self.objective = objective
    self.optimizer = optimizer
    self.batchSize = batchSize
    self.seed = seed
    self.threads = threads
  }
}

/// A network in training.
public final class Trainer: PhasedWork {
  /// The settings.
  public let options: TrainerOptions
  /// The network that is trained.
  public let network: Network
  let optimizer: Optimizer
  private let runner: BatchRunner
  private let clipper: GradientClipper
  private let isRegularized: Bool
  /// The parts of the flat weights that the optimizer doesn't change.
  private let fixed: [Range<Int>]

  /// The phases after a batch's shards have run, which the threads share.
  public enum Phase: Sendable {
    /// Computes a part of the gradients of the work that shards share.
    case finish(wave: Int)
    /// Sums a range of the shards' gradients.
    case sum
    /// Adds the derivatives of the penalties on a range of the weights.
    case penalize
    /// Updates a range of the weights.
    case update
  }

  /// The number of weights per item of a phase.
  private static let itemSize = 8_192

  /// - Parameter targetWidths: the number of values in a row's target for each output.
  /// - Throws: `Failure` if a loss doesn't fit the network's output or the targets' shape.
  public init(_ network: Network, _ options: TrainerOptions, targetWidths: [Int]) throws {
    self.network = network
    self.options = options
    runner = try BatchRunner(
      network, options.objective, targetWidths: targetWidths, threads: options.threads)
    optimizer = Optimizer(options.optimizer, network.store)
    isRegularized = network.store.isRegularized
    fixed = network.parameters.filter { !$0.isTrainable }.map(\.range).sorted {
      $0.lowerBound < $1.lowerBound
    }
    clipper = GradientClipper(clipping: options.optimizer.clipping, store: network.store)
  }

  /// Stops the threads.
  public func close() { runner.close() }

  /// Trains on rows `order[range]` of `data` and adds their loss and metrics to `totals`.
  public func step(_ data: DataSet, _ order: [Int], _ range: Range<Int>, into totals: inout RunningTotals) {
    let pass = Pass(isTraining: true, seed: options.seed, step: optimizer.steps)
    runner.prepare(pass)
    runner.run(data, order, range, pass, into: &totals)
    for wave in 0..<network.sharedWaves {
      network.collect(wave: wave)
      run(.finish(wave: wave), items: network.ownShards.count)
      network.distribute(wave: wave)
    }
    if !network.ownShards.isEmpty { run(.sum, items: items(network.store.summedSize)) }
    network.exchangeGradients()
    // A batch that isn't complete, since a process was lost, leaves the weights as they are.
    guard network.group.loss == nil else { return }
    if isRegularized { run(.penalize, items: items(network.store.values.count)) }
    // Clipping by the norm of all gradients counts only those of trainable weights.
    for range in fixed { network.store.gradients.fill(0, range) }
    clipper.apply()
    optimizer.beginStep()
    run(.update, items: items(network.store.values.count))
  }

  /// The same for rows that may be in a file; throws `Failure` (io) if they can't be read.
  public func step(
    _ rows: RowSet, _ order: [Int], _ range: Range<Int>, into totals: inout RunningTotals
  ) throws {
    let batch = try rows.batch(order, range, used: runner.usedRows(of: range.count))
    step(batch.data, batch.order, batch.range, into: &totals)
  }

  /// Evaluates the network on all of `data`, in batches.
  public func evaluate(_ data: DataSet) -> RunningTotals {
    var totals = emptyTotals
    network.resetState()
    runner.forEachBatch(data, into: &totals) {}
    return totals
  }

  /// The same for rows that may be in a file; throws `Failure` (io) if they can't be read.
  /// - Parameter isContinuous: whether each row continues the one before; the rows are then divided into parallel
  ///   streams, each of which begins without a state.
  public func evaluate(_ rows: RowSet, isContinuous: Bool = false) throws -> RunningTotals {
    var totals = emptyTotals
    network.resetState()
    let streams = isContinuous ? RowStreams.evaluating(rows: rows.rows, atMost: network.rows) : nil
    try runner.run(rows, in: streams, into: &totals)
    return totals
  }

  /// Totals of zero rows.
  public var emptyTotals: RunningTotals { runner.emptyTotals }

  /// The names and values of losses and metrics, in order.
  public func values(_ totals: RunningTotals) -> [(name: String, value: Double)] { runner.values(totals) }

  /// Whether smaller or larger values of a loss or metric are better; nil if it doesn't exist.
  func mode(of quantity: String) -> MonitorMode? { runner.mode(of: quantity) }

  /// One of the network's outputs for all of `data`, row-major.
  public func predict(_ data: DataSet, output: Int = 0) -> [Float] {
    var totals = emptyTotals
    var result: [Float] = []
    network.resetState()
    runner.forEachBatch(data, into: &totals) {
      result.append(contentsOf: network.outputArray(output))
    }
    return result
  }

  private func run(_ phase: Phase, items: Int) { runner.pool.run(self, phase, items: items) }

  /// Processes one item of a phase, called by the pool: sums gradients, or updates weights.
  public func perform(_ phase: Phase, item: Int, worker: Int) {
    switch phase {
    case .finish(let wave):
      network.finishBackward(wave: wave, part: network.ownShards.lowerBound + item, worker: worker)
    case .sum:
      network.store.sumGradients(shards: network.ownShards, flatRange(item, of: network.store.summedSize))
    case .penalize: network.store.addPenaltyGradients(flatRange(item, of: network.store.values.count))
    case .update: update(flatRange(item, of: network.store.values.count))
    }
  }

  /// Updates the trainable weights in a range.
  private func update(_ range: Range<Int>) {
    var start = range.lowerBound
    for own in fixed where own.overlaps(range) {
      if own.lowerBound > start { optimizer.update(start..<own.lowerBound) }
      start = max(start, own.upperBound)
    }
    if start < range.upperBound { optimizer.update(start..<range.upperBound) }
  }

  private func items(_ size: Int) -> Int { (size + Self.itemSize - 1) / Self.itemSize }

  private func flatRange(_ item: Int, of size: Int) -> Range<Int> {
    item * Self.itemSize..<min((item + 1) * Self.itemSize, size)
  }
}
