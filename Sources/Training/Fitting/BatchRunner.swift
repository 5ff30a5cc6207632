// A batch through the network, shard by shard: forward, the losses and metrics, and backward in training.
// What training, validation and prediction have in common.

import Failures
import Kernels
import Networks

/// Runs batches; the memory for one is taken once.
public final class BatchRunner: PhasedWork {
  /// The network that batches run through.
  public let network: Network
  let pool: WorkerPool
  private let heads: [OutputHead]
  /// What the weights cost by their regularizers.
  private var weightPenalty = 0.0

  /// What the threads do with a batch.
  public enum Phase: Sendable {
    /// Packs a layer's weights.
    case prepare(Pass)
    /// Loads a shard's token ids.
    case loadTokens(Work)
    /// Computes a part of what shards share.
    case project(wave: Int, Pass)
    /// Loads a shard's targets and counts them.
    case count(Work)
    /// Runs a shard forward and backward.
    case run(Work)
    /// Runs a shard forward.
    case forward(Work)
    /// Computes a shard's losses and runs it backward.
    case backward(Work)
  }

  /// The batch that a phase works on.
  public struct Work: Sendable {
    let batch: Batch
  }

  /// - Parameter targetWidths: numbers of a row's target for each output; empty where there are no targets.
  /// - Throws: `Failure` if a loss doesn't fit the network's output or the targets' shape.
  public init(_ network: Network, _ objective: Objective, targetWidths: [Int], threads: Int) throws {
    self.network = network
    heads = try objective.terms.enumerated().map { number, term in
      try OutputHead(
        network, number: number, term, targetWidth: targetWidths.isEmpty ? 0 : targetWidths[number])
    }
    pool = WorkerPool(workers: threads)
  }

  /// Ends the threads.
  public func close() { pool.close() }

  /// Packs the weights for a pass.
  public func prepare(_ pass: Pass) {
    weightPenalty = network.store.penalty
    pool.run(self, .prepare(pass), items: network.layers.count)
  }

  /// Runs rows `order[range]` of `data` and adds their losses and metrics, where there are targets.
  ///
  /// - Parameter stateRow: the row of a whole batch that the first one is, for layers that carry states.
  public func run(
    _ data: DataSet, _ order: [Int], _ range: Range<Int>, _ pass: Pass, stateRow: Int = 0,
    into totals: inout RunningTotals
  ) {
    let batch = Batch(data: data, order: order, first: range.lowerBound, pass: pass)
    network.begin(rows: range.count, stateRow: stateRow)
    if network.readsTokens {
      run(.loadTokens(Work(batch: batch)))
      network.beginSharedWork(pass)
      for wave in 0..<network.sharedWaves { run(.project(wave: wave, pass)) }
    }
    runShards(batch)
    if batch.hasTargets { add(to: &totals) }
  }

  /// Runs the shards. Where some of the outputs don't count, no loss can be computed before all are counted; a mask
  /// is known when the shards have gone forward.
  private func runShards(_ batch: Batch) {
    let work = Work(batch: batch)
    guard batch.hasTargets, heads.contains(where: \.leavesOut) else { return run(.run(work)) }
    let isMasked = heads.contains(where: \.isMasked)
    run(isMasked ? .forward(work) : .count(work))
    run(isMasked ? .backward(work) : .run(work))
  }

  private func run(_ phase: Phase) { pool.run(self, phase, items: network.plan.count) }

  /// Runs all of `data` without learning, and calls `body` after each batch, when its outputs can be read, and
  /// with `hasBackward` the gradients of the batch's mean loss.
  ///
  /// - Parameter stateRow: the row of a whole batch that the first one is, where layers carry states and
  ///   rows came before.
  public func forEachBatch(
    _ data: DataSet, stateRow: Int = 0, hasBackward: Bool = false, into totals: inout RunningTotals,
    _ body: () throws -> Void
  ) rethrows {
    let order = Array(0..<data.rows)
    let pass = Pass(isTraining: false, hasBackward: hasBackward)
    prepare(pass)
    var (start, place) = (0, stateRow)
    while start < data.rows {
      let end = min(start + network.rows - place, data.rows)
      run(data, order, start..<end, pass, stateRow: place, into: &totals)
      try body()
      place = (place + end - start) % network.rows
      start = end
    }
  }

  // MARK: One item

  /// Does one item of a phase, for the pool: prepares a layer, or works on a shard.
  public func perform(_ phase: Phase, item: Int, worker: Int) {
    switch phase {
    case .prepare(let pass): network.layers[item].prepare(pass)
    case .loadTokens(let work): loadTokens(work.batch, network.plan.shard(item, worker: worker))
    case .project(let wave, let pass): network.project(wave: wave, part: item, worker: worker, pass)
    case .count(let work): loadTargets(work.batch, network.plan.shard(item, worker: worker))
    case .run(let work):
      forward(work.batch, network.plan.shard(item, worker: worker))
      backward(work.batch, network.plan.shard(item, worker: worker))
    case .forward(let work): forward(work.batch, network.plan.shard(item, worker: worker))
    case .backward(let work): backward(work.batch, network.plan.shard(item, worker: worker))
    }
  }

  private func loadTokens(_ batch: Batch, _ shard: Shard) {
    for (number, input) in batch.data.inputs.enumerated() {
      guard case .tokens(let values) = input else { continue }
      network.load(tokens: values, input: number, batch.order, first: batch.first, shard)
    }
  }

  private func loadFeatures(_ batch: Batch, _ shard: Shard) {
    for (number, input) in batch.data.inputs.enumerated() {
      guard case .features(let values) = input else { continue }
      network.load(features: values, input: number, batch.order, first: batch.first, shard)
    }
  }

  private func loadTargets(_ batch: Batch, _ shard: Shard) {
    for head in heads { head.loadTargets(batch, shard) { network.row(at: $0) } }
  }

  private func forward(_ batch: Batch, _ shard: Shard) {
    loadFeatures(batch, shard)
    network.forward(shard, batch.pass)
    if batch.hasTargets { loadTargets(batch, shard) }
  }

  private func backward(_ batch: Batch, _ shard: Shard) {
    if batch.hasTargets { for head in heads { head.evaluate(batch, shard, network.plan) } }
    if batch.pass.hasBackward { network.backward(shard, batch.pass) }
  }

  // MARK: Totals

  /// Adds the shards' sums, in ascending order. Keras's loss is the mean over batches, each with its penalties,
  /// weighted by their rows.
  private func add(to totals: inout RunningTotals) {
    let rows = Double(network.plan.rows)
    totals.rows += rows
    totals.sums[0] += (weightPenalty + network.store.activityPenalty(network.plan)) * rows
    var place = firstMetric
    for (number, head) in heads.enumerated() {
      let loss = head.addTotals(network.plan, to: &totals.sums, at: place)
      totals.sums[0] += Double(head.term.weight) * loss
      if hasOwnLosses { totals.sums[1 + number] += loss }
      place += head.metrics.count
    }
  }

  /// Whether each output's own loss is reported beside the sum.
  private var hasOwnLosses: Bool { heads.count > 1 }
  /// Where the sums of metrics begin.
  private var firstMetric: Int { 1 + (hasOwnLosses ? heads.count : 0) }
}

extension BatchRunner {
  /// Nothing counted.
  public var emptyTotals: RunningTotals {
    RunningTotals(further: firstMetric - 1 + heads.reduce(0) { $0 + $1.metrics.count })
  }

  /// The losses and the metrics of some totals, by name, in order: of several outputs each under the output's name.
  public func values(_ totals: RunningTotals) -> [(name: String, value: Double)] {
    var losses = [(name: "loss", value: totals.loss)]
    var metrics: [(name: String, value: Double)] = []
    var place = firstMetric
    for (number, head) in heads.enumerated() {
      let prefix = head.term.name.map { "\($0)_" } ?? ""
      if hasOwnLosses { losses.append(("\(prefix)loss", totals.sums[1 + number] / totals.rows)) }
      let values = head.metrics.values(totals.sums[place..<place + head.metrics.count])
      metrics += zip(head.metrics.names, values).map { (name: prefix + $0, value: $1) }
      place += head.metrics.count
    }
    return losses + metrics
  }

  /// The direction in which `quantity` gets better: a loss or a metric, with or without `val_` before; nil
  /// for one that is not there.
  func mode(of quantity: String) -> MonitorMode? {
    let name = quantity.hasPrefix("val_") ? String(quantity.dropFirst(4)) : quantity
    if name == "loss" { return .min }
    for head in heads {
      let prefix = head.term.name.map { "\($0)_" } ?? ""
      if hasOwnLosses && name == "\(prefix)loss" { return .min }
      if let place = head.metrics.names.firstIndex(where: { prefix + $0 == name }) {
        return head.metrics.metrics[place].isBetterLarger ? .max : .min
      }
    }
    return nil
  }
}
