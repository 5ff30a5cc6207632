// A batch through the network, shard by shard: forward, the loss and metrics, and backward in training.
// What training, validation and prediction have in common.

import Failures
import Kernels
import Networks

/// The sums from which a loss and metrics are told.
public struct Tally: Sendable, Equatable {
  /// Rows counted.
  public var rows = 0.0
  /// The sum of the batches' losses times their rows, then what the metrics sum.
  public var sums: [Double]

  /// Nothing counted, with room for the loss and for `metrics` sums of metrics.
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
  private let metrics: MetricPlan
  private let targets: TargetBuffer
  private let weights: WeightBuffer
  /// The last layer's x W + b, where the loss is told from it.
  private let logits: Activation?
  /// Each shard's sums for the loss and the metrics, `[shards, 1 + sums]`.
  private let shardSums: Buffer<Double>
  /// Each shard's outputs that count.
  private let shardCounts = Buffer<Int>(count: ShardPlan.most, zero: 0)

  // The batch at work, set before the phases run.
  private var data: DataSet?
  private var order: [Int] = []
  private var first = 0
  /// Output rows that the batch's loss is the mean of.
  private var counted = 0
  private var pass = Pass(isTraining: false)
  /// What the weights cost by their regularizers.
  private var weightPenalty = 0.0

  private enum Phase: Int {
    case prepare, load, project, count, run, forward, backward
  }

  /// - Parameter targetWidth: numbers of a row's target; 0 where there are no targets.
  /// - Throws: `Failure` where the loss doesn't fit the network's output or the targets' shape.
  public init(_ network: Network, loss: Loss, metrics: [Metric], targetWidth: Int, threads: Int) throws {
    let output = network.output
    try loss.check(outputSteps: output.steps, outputWidth: output.width, targetWidth: targetWidth)
    self.network = network
    self.loss = loss
    self.metrics = try MetricPlan(
      metrics, outputWidth: output.width, truthWidth: targetWidth / output.steps)
    pool = WorkerPool(workers: threads)
    targets = TargetBuffer(rows: network.rows, steps: output.steps, width: targetWidth / output.steps)
    weights = WeightBuffer(rows: network.rows, steps: output.steps)
    shardSums = Buffer(count: ShardPlan.most * (1 + self.metrics.count), zero: 0)
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
  ///
  /// - Parameter stateRow: the row of a whole batch that the first one is, for layers that carry states.
  public func run(
    _ data: DataSet, _ order: [Int], _ range: Range<Int>, _ pass: Pass, stateRow: Int = 0,
    into tally: inout Tally
  ) {
    self.data = data
    self.order = order
    self.pass = pass
    first = range.lowerBound
    network.begin(rows: range.count, stateRow: stateRow)
    if network.sharesWork {
      run(.load)
      network.beginBatch(pass)
      run(.project)
    }
    runShards(data)
    if data.targetWidth > 0 { count(into: &tally) }
  }

  /// Runs the shards. Where some of the outputs don't count, none can be judged before all are counted; a mask
  /// is known when the shards have gone forward.
  private func runShards(_ data: DataSet) {
    counted = network.plan.rows * network.output.steps
    guard data.targetWidth > 0, leavesOut else { return run(.run) }
    let isMasked = network.output.mask != nil
    run(isMasked ? .forward : .count)
    counted = (0..<network.plan.count).reduce(0) { $0 + shardCounts[$1] }
    run(isMasked ? .backward : .run)
  }

  /// Whether some of the outputs may not count.
  private var leavesOut: Bool { network.output.mask != nil || loss.ignoredClass != nil }

  private func run(_ phase: Phase) { pool.run(self, phase: phase.rawValue, items: network.plan.count) }

  /// Runs all of `data` without learning, and calls `body` after each batch, when its output can be read, and
  /// with `hasBackward` the gradients of the batch's mean loss.
  ///
  /// - Parameter stateRow: the row of a whole batch that the first one is, where layers carry states and
  ///   rows came before.
  public func forEachBatch(
    _ data: DataSet, stateRow: Int = 0, hasBackward: Bool = false, into tally: inout Tally,
    _ body: () throws -> Void
  ) rethrows {
    let order = Array(0..<data.rows)
    let pass = Pass(isTraining: false, hasBackward: hasBackward)
    prepare(pass)
    var (start, place) = (0, stateRow)
    while start < data.rows {
      let end = min(start + network.rows - place, data.rows)
      run(data, order, start..<end, pass, stateRow: place, into: &tally)
      try body()
      place = (place + end - start) % network.rows
      start = end
    }
  }

  /// Does one item of a phase, for the pool: prepares a layer, or runs a shard.
  public func perform(phase: Int, item: Int, worker: Int) {
    switch Phase(rawValue: phase) {
    case .prepare: network.layers[item].prepare(pass)
    case .load: load(network.plan.shard(item, worker: worker))
    case .project: network.project(part: item, worker: worker, pass)
    case .count: loadTargets(network.plan.shard(item, worker: worker))
    case .run:
      forward(network.plan.shard(item, worker: worker))
      backward(network.plan.shard(item, worker: worker))
    case .forward: forward(network.plan.shard(item, worker: worker))
    case .backward: backward(network.plan.shard(item, worker: worker))
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

  private func forward(_ shard: Shard) {
    guard let data else { return }
    if !network.sharesWork { load(shard) }
    network.forward(shard, pass)
    if data.targetWidth > 0 { loadTargets(shard) }
  }

  private func backward(_ shard: Shard) {
    guard let data else { return }
    if data.targetWidth > 0 { judge(shard, data) }
    if pass.hasBackward { network.backward(shard, pass) }
  }

  /// Takes a shard's targets, their weights, and how many of them count.
  private func loadTargets(_ shard: Shard) {
    guard let data else { return }
    targets.load(data, order, first: first, shard) { network.row(at: $0) }
    let mask = network.output.mask?.rows(shard)
    if isWeighted(data) {
      weights.load(data, order, first: first, shard, mask: mask) { network.row(at: $0) }
    }
    guard leavesOut else { return }
    let truth = targets.rows(shard)
    var count = 0
    for row in 0..<truth.rows where mask?[row] ?? true && !loss.ignores(truth[row, 0]) { count += 1 }
    shardCounts[shard.index] = count
  }

  private func isWeighted(_ data: DataSet) -> Bool { !data.weights.isEmpty || network.output.mask != nil }

  /// The shard's loss, its derivative, and its metrics.
  private func judge(_ shard: Shard, _ data: DataSet) {
    let output = network.output
    var rows = LossRows(output: output.values(shard), truth: targets.rows(shard))
    rows.logits = logits?.values(shard)
    rows.gradient = pass.hasBackward ? output.gradients(shard) : nil
    rows.weights = isWeighted(data) ? weights.rows(shard) : nil
    rows.scale = counted == 0 ? 0 : 1 / Float(counted)
    let place = shard.index * (1 + metrics.count)
    shardSums.fill(0, place..<place + 1 + metrics.count)
    shardSums[place] = loss.evaluate(rows)
    metrics.add(rows, to: shardSums, at: place + 1)
  }

  /// Adds the shards' sums, in ascending order. The batch's loss counts by its rows, as Keras has it.
  private func count(into tally: inout Tally) {
    let width = 1 + metrics.count
    tally.rows += Double(network.plan.rows)
    // Keras's loss is the mean over batches, each with its penalties, weighted by their rows.
    tally.sums[0] += (weightPenalty + network.store.activityPenalty(network.plan)) * Double(network.plan.rows)
    var total = 0.0
    for shard in 0..<network.plan.count {
      total += shardSums[shard * width]
      for number in 1..<width { tally.sums[number] += shardSums[shard * width + number] }
    }
    if counted > 0 { tally.sums[0] += total * (Double(network.plan.rows) / Double(counted)) }
  }
}

extension BatchRunner {
  /// Nothing counted.
  public var emptyTally: Tally { Tally(metrics: metrics.count) }

  /// The loss and the metrics of a tally, by name, in order.
  public func values(_ tally: Tally) -> [(name: String, value: Double)] {
    [("loss", tally.loss)]
      + zip(metrics.names, metrics.values(tally.sums[1...])).map { (name: $0, value: $1) }
  }

  /// The direction in which `quantity` gets better: the loss or a metric, with or without `val_` before; nil
  /// for one that is not there.
  func mode(of quantity: String) -> MonitorMode? {
    let name = quantity.hasPrefix("val_") ? String(quantity.dropFirst(4)) : quantity
    if name == "loss" { return .min }
    return metrics.names.firstIndex(of: name).map { metrics.metrics[$0].isBetterLarger ? .max : .min }
  }
}
