// A batch through the network, shard by shard: forward, the loss and metrics, and backward in training.
// What training, validation and prediction have in common.

import Failures
import Kernels
import Networks

/// The sums from which a loss and metrics are told.
public struct Tally: Sendable, Equatable {
  /// Output rows counted.
  public var rows = 0.0
  /// The sum of their losses, then of each metric.
  public var sums: [Double]

  /// Nothing counted, with room for the loss and `metrics` metrics.
  public init(metrics: Int) { sums = [Double](repeating: 0, count: metrics + 1) }

  /// The mean loss so far.
  public var loss: Double { sums[0] / rows }
}

/// Runs batches; the memory for one is taken once.
public final class BatchRunner: PhasedWork {
  /// The network that batches run through.
  public let network: Network
  let pool: WorkerPool
  private let loss: Loss
  private let metrics: [Metric]
  private let targets: TargetBuffer
  /// The last layer's x W + b, where the loss is told from it.
  private let logits: Activation?
  /// Each shard's sums of loss and metrics, `[shards, 1 + metrics]`.
  private let shardSums: Buffer<Double>

  // The batch at work, set before the phases run.
  private var data: DataSet?
  private var order: [Int] = []
  private var first = 0
  private var pass = Pass(isTraining: false)
  /// What the weights cost by their regularizers.
  private var weightPenalty = 0.0

  private enum Phase: Int {
    case prepare, load, project, run
  }

  /// - Parameter targetWidth: numbers of a row's target; 0 where there are no targets.
  /// - Throws: `Failure` where the loss doesn't fit the network's output or the targets' shape.
  public init(_ network: Network, loss: Loss, metrics: [Metric], targetWidth: Int, threads: Int) throws {
    let output = network.output
    try loss.check(outputSteps: output.steps, outputWidth: output.width, targetWidth: targetWidth)
    self.network = network
    self.loss = loss
    self.metrics = metrics
    pool = WorkerPool(workers: threads)
    targets = TargetBuffer(rows: network.rows, steps: output.steps, width: targetWidth / output.steps)
    shardSums = Buffer(count: ShardPlan.most * (1 + metrics.count), zero: 0)
    let last = network.layers[network.layers.count - 1]
    let dense = loss.usesLogits(of: last) ? last as? Dense : nil
    dense?.takesLogitGradients = true
    logits = dense?.logits
  }

  /// Ends the threads.
  public func close() { pool.close() }

  /// Packs the weights for a pass.
  public func prepare(_ pass: Pass) {
    self.pass = pass
    weightPenalty = network.store.penalty
    pool.run(self, phase: Phase.prepare.rawValue, items: network.layers.count)
  }

  /// Runs rows `order[range]` of `data` and adds their loss and metrics, where there are targets.
  public func run(_ data: DataSet, _ order: [Int], _ range: Range<Int>, _ pass: Pass, into tally: inout Tally)
  {
    self.data = data
    self.order = order
    self.pass = pass
    first = range.lowerBound
    network.begin(rows: range.count)
    if network.sharesWork {
      run(.load)
      network.beginBatch(pass)
      run(.project)
    }
    run(.run)
    count(into: &tally)
  }

  private func run(_ phase: Phase) { pool.run(self, phase: phase.rawValue, items: network.plan.count) }

  /// Runs all of `data` without learning, and calls `body` after each batch, when its output can be read, and
  /// with `hasBackward` the gradients of the batch's mean loss.
  public func forEachBatch(
    _ data: DataSet, hasBackward: Bool = false, into tally: inout Tally, _ body: () throws -> Void
  ) rethrows {
    let order = Array(0..<data.rows)
    let pass = Pass(isTraining: false, hasBackward: hasBackward)
    prepare(pass)
    for start in stride(from: 0, to: data.rows, by: network.rows) {
      run(data, order, start..<min(start + network.rows, data.rows), pass, into: &tally)
      try body()
    }
  }

  /// Does one item of a phase, for the pool: prepares a layer, or runs a shard.
  public func perform(phase: Int, item: Int, worker: Int) {
    switch Phase(rawValue: phase) {
    case .prepare: network.layers[item].prepare(pass)
    case .load: load(network.plan.shard(item, worker: worker))
    case .project: network.project(part: item, worker: worker, pass)
    case .run: runShard(network.plan.shard(item, worker: worker))
    case nil: break
    }
  }

  private func load(_ shard: Shard) {
    switch data?.input {
    case .tokens(let values): network.load(tokens: values, order, first: first, shard)
    case .features(let values): network.load(features: values, order, first: first, shard)
    case nil: break
    }
  }

  private func runShard(_ shard: Shard) {
    guard let data else { return }
    if !network.sharesWork { load(shard) }
    network.forward(shard, pass)
    if data.targetWidth > 0 { judge(shard, data) }
    if pass.hasBackward { network.backward(shard, pass) }
  }

  /// The shard's loss, its derivative, and its metrics.
  private func judge(_ shard: Shard, _ data: DataSet) {
    targets.load(data, order, first: first, shard) { network.row(at: $0) }
    let output = network.output
    let rows = LossRows(
      shard: shard, output: output.values(shard), logits: logits?.values(shard),
      gradient: pass.hasBackward ? output.gradients(shard) : nil,
      scale: 1 / Float(network.plan.rows * output.steps))
    let place = shard.index * (1 + metrics.count)
    shardSums[place] = loss.evaluate(rows, targets)
    for (number, metric) in metrics.enumerated() {
      shardSums[place + 1 + number] = metric.sum(rows, targets, loss)
    }
  }

  /// Adds the shards' sums, in ascending order.
  private func count(into tally: inout Tally) {
    let width = 1 + metrics.count
    let rows = Double(network.plan.rows * network.output.steps)
    tally.rows += rows
    // Keras's loss is the mean over batches, each with its penalties, weighted by their rows.
    tally.sums[0] += (weightPenalty + network.store.activityPenalty(network.plan)) * rows
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
          ? "\(rawValue) takes one class number for each output"
          : "let the last layer have \(targetWidth / max(1, outputSteps)) units")
    }
  }
}
