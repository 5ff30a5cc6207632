// One optimizer step at a time: a batch goes through the network in shards, forward and backward, their
// gradients are summed in a fixed order, and the optimizer moves the weights.
//
// A step has four phases with one barrier after each: weights are packed, shards run (both BatchRunner's),
// gradients are summed, weights are updated. Where the batch's tokens share work, one phase before the shards
// projects them and one after them takes their gradients. Items of a phase are cut by the data alone, so results don't
// depend on threads; all memory is taken in the initializer, so a step allocates nothing.

import Failures
import Kernels
import Networks

/// How a network is trained.
public struct TrainerOptions: Sendable {
  /// What training minimizes, and what is reported beside it.
  public var objective: Objective
  /// The optimizer, with the learning rate that training starts with.
  public var optimizer: OptimizerSpec
  /// Rows of a batch in `Fit`; `evaluate` and `predict` take as many as the network was built for.
  public var batchSize: Int
  /// Fixes dropout masks and the order of the rows.
  public var seed: UInt64
  /// How many threads work; results don't depend on it.
  public var threads: Int

  /// Keras's defaults for the optimizer and the batch; one thread.
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
  /// How the network is trained.
  public let options: TrainerOptions
  /// The network whose weights it moves.
  public let network: Network
  let optimizer: Optimizer
  private let runner: BatchRunner
  private let clipper: GradientClipper
  private let isRegularized: Bool

  /// What the threads do once a batch's shards have run.
  public enum Phase: Sendable {
    /// Computes a part's gradients of what shards share.
    case finish(wave: Int)
    /// Sums some of the shards' gradients.
    case sum
    /// Updates some of the weights.
    case update
  }

  /// Floats of the flat weights that one item of a phase takes.
  private static let itemSize = 8_192

  /// - Parameter targetWidths: numbers of a row's target for each output.
  /// - Throws: `Failure` where the loss doesn't fit the network's output or the targets' shape.
  public init(_ network: Network, _ options: TrainerOptions, targetWidths: [Int]) throws {
    self.network = network
    self.options = options
    runner = try BatchRunner(
      network, options.objective, targetWidths: targetWidths, threads: options.threads)
    optimizer = Optimizer(options.optimizer, network.store)
    isRegularized = network.store.isRegularized
    clipper = GradientClipper(clipping: options.optimizer.clipping, store: network.store)
  }

  /// Ends the threads.
  public func close() { runner.close() }

  /// Trains on rows `order[range]` of `data` and adds their loss and metrics to `totals`.
  public func step(_ data: DataSet, _ order: [Int], _ range: Range<Int>, into totals: inout RunningTotals) {
    let pass = Pass(isTraining: true, seed: options.seed, step: optimizer.steps)
    runner.prepare(pass)
    runner.run(data, order, range, pass, into: &totals)
    for wave in 0..<network.sharedWaves { run(.finish(wave: wave), items: network.plan.count) }
    run(.sum, items: items(isRegularized ? network.store.values.count : network.store.summedSize))
    clipper.apply()
    optimizer.beginStep()
    run(.update, items: items(network.store.values.count))
  }

  /// Evaluates the network on all of `data`, in batches, without learning.
  public func evaluate(_ data: DataSet) -> RunningTotals {
    var totals = emptyTotals
    network.resetState()
    runner.forEachBatch(data, into: &totals) {}
    return totals
  }

  /// Nothing counted.
  public var emptyTotals: RunningTotals { runner.emptyTotals }

  /// The loss and the metrics of a totals, by name, in order.
  public func values(_ totals: RunningTotals) -> [(name: String, value: Double)] { runner.values(totals) }

  /// The direction in which the loss or a metric gets better; nil for a name that is neither.
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

  /// Does one item of a phase, for the pool: sums some gradients, or updates some weights.
  public func perform(_ phase: Phase, item: Int, worker: Int) {
    switch phase {
    case .finish(let wave): network.finishBackward(wave: wave, part: item, worker: worker)
    case .sum: sumGradients(item)
    case .update: optimizer.update(flatRange(item, of: network.store.values.count))
    }
  }

  /// The shards' gradients of an item, and the derivatives of the penalties on weights.
  private func sumGradients(_ item: Int) {
    let (store, start) = (network.store, item * Self.itemSize)
    if start < store.summedSize {
      store.sumGradients(shards: network.plan.count, flatRange(item, of: store.summedSize))
    }
    if isRegularized { store.addPenaltyGradients(flatRange(item, of: store.values.count)) }
  }

  private func items(_ size: Int) -> Int { (size + Self.itemSize - 1) / Self.itemSize }

  private func flatRange(_ item: Int, of size: Int) -> Range<Int> {
    item * Self.itemSize..<min((item + 1) * Self.itemSize, size)
  }
}
