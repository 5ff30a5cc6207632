// One optimizer step at a time: a batch goes through the network in shards, forward and backward, their
// gradients are summed in a fixed order, and the optimizer moves the weights.
//
// A step has four phases with one barrier after each: weights are packed, shards run (both BatchRunner's),
// gradients are summed, weights are updated. Where the batch's tokens share work, one phase before the shards
// projects them and one behind takes their gradients. Items of a phase are cut by the data alone, so results don't
// depend on threads; all memory is taken in the initialiser, so a step allocates nothing.

import Failures
import Kernels
import Networks

/// How a network is trained.
public struct TrainerOptions: Sendable {
  /// What training makes small.
  public var loss: Loss
  /// What is reported beside it.
  public var metrics: [Metric]
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
    loss: Loss, metrics: [Metric] = [], optimizer: OptimizerSpec = .adam, batchSize: Int = 32,
    seed: UInt64 = 0, threads: Int = 1
  ) {
    self.loss = loss
    self.metrics = metrics
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

  private enum Phase: Int {
    case finish, sum, update
  }

  /// Floats of the flat weights that one item of a phase takes.
  private static let itemSize = 8_192

  /// - Parameter targetWidth: numbers of a row's target.
  /// - Throws: `Failure` where the loss doesn't fit the network's output or the targets' shape.
  public init(_ network: Network, _ options: TrainerOptions, targetWidth: Int) throws {
    self.network = network
    self.options = options
    runner = try BatchRunner(
      network, loss: options.loss, metrics: options.metrics, targetWidth: targetWidth,
      threads: options.threads)
    optimizer = Optimizer(options.optimizer, network.store)
    isRegularized = network.store.isRegularized
    clipper = GradientClipper(clipping: options.optimizer.clipping, store: network.store)
  }

  /// Ends the threads.
  public func close() { runner.close() }

  /// Trains on rows `order[range]` of `data` and adds their loss and metrics to `tally`.
  public func step(_ data: DataSet, _ order: [Int], _ range: Range<Int>, into tally: inout Tally) {
    let pass = Pass(isTraining: true, seed: options.seed, step: optimizer.steps)
    runner.prepare(pass)
    runner.run(data, order, range, pass, into: &tally)
    if network.sharesWork { run(.finish, items: network.plan.count) }
    run(.sum, items: items(isRegularized ? network.store.values.count : network.store.summedSize))
    clipper.apply()
    optimizer.beginStep()
    run(.update, items: items(network.store.values.count))
  }

  /// Judges the network on all of `data`, in batches, without learning.
  public func evaluate(_ data: DataSet) -> Tally {
    var tally = emptyTally
    network.resetState()
    runner.forEachBatch(data, into: &tally) {}
    return tally
  }

  /// Nothing counted.
  public var emptyTally: Tally { runner.emptyTally }

  /// The loss and the metrics of a tally, by name, in order.
  public func values(_ tally: Tally) -> [(name: String, value: Double)] { runner.values(tally) }

  /// The direction in which the loss or a metric gets better; nil for a name that is neither.
  func mode(of quantity: String) -> MonitorMode? { runner.mode(of: quantity) }

  /// The network's outputs for all of `data`, row-major.
  public func predict(_ data: DataSet) -> [Float] {
    var tally = emptyTally
    var result: [Float] = []
    network.resetState()
    runner.forEachBatch(data, into: &tally) {
      result.append(contentsOf: network.outputArray())
    }
    return result
  }

  private func run(_ phase: Phase, items: Int) { runner.pool.run(self, phase: phase.rawValue, items: items) }

  /// Does one item of a phase, for the pool: sums some gradients, or updates some weights.
  public func perform(phase: Int, item: Int, worker: Int) {
    switch Phase(rawValue: phase) {
    case .finish: network.finishBackward(part: item, worker: worker)
    case .sum: sumGradients(item)
    case .update: optimizer.update(flatRange(item, of: network.store.values.count))
    case nil: break
    }
  }

  /// The shards' gradients of an item, and the slopes of the penalties on weights.
  private func sumGradients(_ item: Int) {
    let (store, start) = (network.store, item * Self.itemSize)
    if start < store.summedSize {
      store.sumGradients(shards: network.plan.count, flatRange(item, of: store.summedSize))
    }
    if isRegularized { store.addPenaltySlopes(flatRange(item, of: store.values.count)) }
  }

  private func items(_ size: Int) -> Int { (size + Self.itemSize - 1) / Self.itemSize }

  private func flatRange(_ item: Int, of size: Int) -> Range<Int> {
    item * Self.itemSize..<min((item + 1) * Self.itemSize, size)
  }
}
