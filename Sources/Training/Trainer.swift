// One optimizer step at a time: a batch goes through the network in shards, forward and backward, their
// gradients are summed in a fixed order, and the optimizer moves the weights.
//
// A step has four phases with one barrier after each: weights are packed, shards run, gradients are summed,
// weights are updated. Items of a phase are cut by the data alone, so results don't depend on threads; all
// memory is taken in the initialiser, so a step allocates nothing.

import Failures
import Kernels
import Networks

/// How a network is trained.
public struct TrainerOptions: Sendable {
  public var loss: Loss
  public var metrics: [Metric]
  public var optimizer: OptimizerSpec
  public var batchSize: Int
  public var seed: UInt64
  public var threads: Int

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

/// The sums from which an epoch's loss and metrics are told.
public struct Tally: Sendable, Equatable {
  /// Output rows counted.
  public var rows = 0.0
  /// The sum of their losses, then of each metric.
  public var sums: [Double]

  public init(metrics: Int) { sums = [Double](repeating: 0, count: metrics + 1) }

  /// The mean loss so far.
  public var loss: Double { sums[0] / rows }
}

/// A network in training.
public final class Trainer: PhasedWork {
  public let network: Network
  public let options: TrainerOptions
  let optimizer: Optimizer
  private let pool: WorkerPool
  private let clipper: GradientClipper
  private let targets: TargetBuffer
  private let logits: Activation?
  /// Each shard's sums of loss and metrics, `[shards, 1 + metrics]`.
  private let shardSums: Buffer<Double>

  // The batch at work, set before the phases run.
  private var data: DataSet?
  private var order: [Int] = []
  private var first = 0
  private var pass = Pass(isTraining: false)

  private enum Phase: Int {
    case prepare, run, sum, update
  }

  /// Floats of the flat weights that one item of a phase takes.
  private static let itemSize = 8_192
  /// Items that tables' gradients are summed in.
  private static let tableItems = 16

  /// - Parameter targetWidth: numbers of a row's target.
  /// - Throws: `Failure` where the loss doesn't fit the network's output or the targets' shape.
  public init(_ network: Network, _ options: TrainerOptions, targetWidth: Int) throws {
    let output = network.output
    try options.loss.check(outputSteps: output.steps, outputWidth: output.width, targetWidth: targetWidth)
    self.network = network
    self.options = options
    pool = WorkerPool(workers: options.threads)
    optimizer = Optimizer(options.optimizer, network.store)
    clipper = GradientClipper(clipping: options.optimizer.clipping, store: network.store)
    targets = TargetBuffer(rows: network.rows, steps: output.steps, width: targetWidth / output.steps)
    shardSums = Buffer(count: ShardPlan.most * (1 + options.metrics.count), zero: 0)
    let last = network.layers[network.layers.count - 1]
    let dense = options.loss.usesLogits(of: last) ? last as? Dense : nil
    dense?.takesLogitGradients = true
    logits = dense?.logits
  }

  /// Ends the threads.
  public func close() { pool.close() }

  /// Trains on rows `order[range]` of `data` and adds their loss and metrics to `tally`.
  public func step(_ data: DataSet, _ order: [Int], _ range: Range<Int>, into tally: inout Tally) {
    begin(data, order, range, Pass(isTraining: true, seed: options.seed, step: optimizer.steps))
    run(.prepare, items: network.layers.count)
    run(.run, items: network.plan.count)
    for layer in network.layers { layer.beginFinish(network.plan) }
    run(.sum, items: summedItems + Self.tableItems)
    clipper.apply()
    optimizer.steps += 1
    run(.update, items: (network.store.values.count + Self.itemSize - 1) / Self.itemSize)
    count(into: &tally)
  }

  /// Judges the network on all of `data`, in batches, without learning.
  public func evaluate(_ data: DataSet) -> Tally {
    var tally = Tally(metrics: options.metrics.count)
    let order = Array(0..<data.rows)
    for start in stride(from: 0, to: data.rows, by: network.rows) {
      let range = start..<min(start + network.rows, data.rows)
      begin(data, order, range, Pass(isTraining: false))
      if start == 0 { run(.prepare, items: network.layers.count) }
      run(.run, items: network.plan.count)
      count(into: &tally)
    }
    return tally
  }

  /// The network's outputs for all of `data`, row-major.
  public func predict(_ data: DataSet) -> [Float] {
    var result: [Float] = []
    let order = Array(0..<data.rows)
    for start in stride(from: 0, to: data.rows, by: network.rows) {
      let range = start..<min(start + network.rows, data.rows)
      begin(data, order, range, Pass(isTraining: false))
      if start == 0 { run(.prepare, items: network.layers.count) }
      run(.run, items: network.plan.count)
      result.append(contentsOf: network.output.array(plan: network.plan))
    }
    return result
  }

  private func begin(_ data: DataSet, _ order: [Int], _ range: Range<Int>, _ pass: Pass) {
    self.data = data
    self.order = order
    first = range.lowerBound
    self.pass = pass
    network.begin(rows: range.count)
  }

  // MARK: Phases

  private func run(_ phase: Phase, items: Int) { pool.run(self, phase: phase.rawValue, items: items) }

  public func perform(phase: Int, item: Int, worker: Int) {
    switch Phase(rawValue: phase) {
    case .prepare: network.layers[item].prepare(pass)
    case .run: runShard(network.plan.shard(item, worker: worker))
    case .sum: sumGradients(item)
    case .update: optimizer.update(flatRange(item, of: network.store.values.count))
    case nil: break
    }
  }

  private var summedItems: Int { (network.store.summedSize + Self.itemSize - 1) / Self.itemSize }

  private func flatRange(_ item: Int, of size: Int) -> Range<Int> {
    item * Self.itemSize..<min((item + 1) * Self.itemSize, size)
  }

  private func sumGradients(_ item: Int) {
    if item < summedItems {
      network.store.sumGradients(shards: network.plan.count, flatRange(item, of: network.store.summedSize))
    } else {
      for layer in network.layers {
        layer.finishBackward(part: item - summedItems, of: Self.tableItems, network.plan)
      }
    }
  }

  private func runShard(_ shard: Shard) {
    guard let data else { return }
    switch data.input {
    case .tokens(let values): network.load(tokens: values, order, first: first, shard)
    case .features(let values): network.load(features: values, order, first: first, shard)
    }
    network.forward(shard, pass)
    if data.targetWidth > 0 { judge(shard, data) }
    if pass.isTraining { network.backward(shard, pass) }
  }

  /// The shard's loss, its derivative, and its metrics.
  private func judge(_ shard: Shard, _ data: DataSet) {
    targets.load(data, order, first: first, shard)
    let output = network.output
    let rows = LossRows(
      shard: shard, output: output.values(shard), logits: logits?.values(shard),
      gradient: pass.isTraining ? output.gradients(shard) : nil,
      scale: 1 / Float(network.plan.rows * output.steps))
    let place = shard.index * (1 + options.metrics.count)
    shardSums[place] = options.loss.evaluate(rows, targets)
    for (number, metric) in options.metrics.enumerated() {
      shardSums[place + 1 + number] = metric.sum(rows, targets, options.loss)
    }
  }

  /// Adds the shards' sums, in ascending order.
  private func count(into tally: inout Tally) {
    let width = 1 + options.metrics.count
    tally.rows += Double(network.plan.rows * network.output.steps)
    for shard in 0..<network.plan.count {
      for number in 0..<width { tally.sums[number] += shardSums[shard * width + number] }
    }
  }
}

extension Loss {
  /// Throws where this loss can't compare such outputs with such targets.
  func check(outputSteps: Int, outputWidth: Int, targetWidth: Int) throws {
    let wanted = takesLabels ? outputSteps : outputSteps * outputWidth
    guard targetWidth == wanted || targetWidth == 0 else {
      throw Failure.data(
        "the network gives \(outputSteps * outputWidth) numbers a row, the targets have \(targetWidth)",
        at: "column y",
        remedy: takesLabels
          ? "\(rawValue) takes one class number for each output" : "let the last layer have \(targetWidth / max(1, outputSteps)) units")
    }
  }
}
