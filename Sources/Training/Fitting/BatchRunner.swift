// Runs a batch through the network, shard by shard: forward, losses and metrics, and backward in training.
// Shared by training, validation and prediction.

import Failures
import Kernels
import Networks

/// Runs batches through a network; the memory is allocated once.
public final class BatchRunner: PhasedWork {
  /// The network that runs the batches.
  public let network: Network
  let pool: WorkerPool
  /// Whether the weights never change, so that they are prepared only once.
  public var hasFixedWeights = false
  private var isPrepared = false
  let heads: [OutputHead]
  /// The regularization penalty of the weights.
  private var weightPenalty = 0.0

  /// The phases of a batch, which the threads share.
  public enum Phase: Sendable {
    /// Packs a layer's weights.
    case prepare(Pass)
    /// Loads a shard's token ids.
    case loadTokens(Work)
    /// Computes a part of the work that shards share.
    case project(wave: Int, Pass)
    /// Loads a shard's targets and counts those in the loss.
    case loadTargets(Work)
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

  /// - Parameter targetWidths: the number of values in a row's target for each output; empty if there are no targets.
  /// - Throws: `Failure` if a loss doesn't fit the network's output or the targets' shape.
  public init(_ network: Network, _ objective: Objective, targetWidths: [Int], threads: Int) throws {
    self.network = network
    heads = try objective.terms.enumerated().map { number, term in
      try OutputHead(
        network, number: number, term, targetWidth: targetWidths.isEmpty ? 0 : targetWidths[number])
    }
    pool = WorkerPool(workers: threads)
  }

  /// Stops the threads.
  public func close() { pool.close() }

  /// Packs the weights for a pass.
  public func prepare(_ pass: Pass) {
    weightPenalty = network.store.penalty
    pool.run(self, .prepare(pass), items: network.layers.count)
  }

  /// The same, unless the weights never change and are packed.
  func prepareOnce(_ pass: Pass) {
    if !hasFixedWeights || !isPrepared { prepare(pass) }
    isPrepared = true
  }

  /// Runs rows `order[range]` of `data`; adds their losses and metrics to `totals` if there are targets.
  ///
  /// - Parameter stateRow: the position of the first row in a full batch, for stateful layers.
  public func run(
    _ data: DataSet, _ order: [Int], _ range: Range<Int>, _ pass: Pass, stateRow: Int = 0,
    into totals: inout RunningTotals
  ) {
    let batch = Batch(data: data, order: order, first: range.lowerBound, pass: pass)
    network.begin(rows: range.count, stateRow: stateRow, isTraining: pass.isTraining)
    if network.readsTokens {
      run(.loadTokens(Work(batch: batch)))
      network.beginSharedWork(pass)
      for wave in 0..<network.sharedWaves { run(.project(wave: wave, pass)) }
    }
    runShards(batch)
    if !network.group.isAlone { shareValues(batch) }
    if batch.hasTargets, network.group.loss == nil { add(to: &totals) }
  }

  /// Runs the shards. If some outputs may be excluded from the loss, it can't be computed before the others are
  /// counted in all shards; masks are known only after the shards' forward pass.
  private func runShards(_ batch: Batch) {
    let work = Work(batch: batch)
    guard batch.hasTargets, heads.contains(where: \.mayExcludeOutputs) else { return runOwn(.run(work)) }
    let isMasked = heads.contains(where: \.isMasked)
    if isMasked {
      runOwn(.forward(work))
      network.group.share(heads, network.plan)
    } else {
      run(.loadTargets(work))
    }
    runOwn(isMasked ? .backward(work) : .run(work))
  }

  /// Gives other processes what the batch's totals and the next batch need of this process's shards.
  private func shareValues(_ batch: Batch) {
    network.group.share((batch.hasTargets ? heads : []) + network.shardValues, network.plan)
  }

  /// Runs a phase on all shards, or on all layers.
  private func run(_ phase: Phase) { pool.run(self, phase, items: network.plan.count) }

  /// Runs a phase on the shards of this process.
  private func runOwn(_ phase: Phase) { pool.run(self, phase, items: network.ownShards.count) }

  /// A shard of this process.
  private func own(_ item: Int, worker: Int) -> Shard {
    network.plan.shard(network.ownShards.lowerBound + item, worker: worker)
  }

  /// Runs all of `data` in its order without updating the weights; calls `body` after each batch, when its outputs can be
  /// read and, with `hasBackward`, the gradients of the batch's mean loss.
  ///
  /// - Parameter stateRow: the position of the first row in a full batch, if stateful layers continue from earlier rows.
  public func forEachBatch(
    _ data: DataSet, stateRow: Int = 0, hasBackward: Bool = false, into totals: inout RunningTotals,
    _ body: () throws -> Void
  ) rethrows {
    let order = Array(0..<data.rows)
    let pass = Pass(isTraining: false, hasBackward: hasBackward)
    prepareOnce(pass)
    for part in BatchRanges(rows: data.rows, size: network.rows, stateRow: stateRow) {
      run(data, order, part.rows, pass, stateRow: part.stateRow, into: &totals)
      try body()
    }
  }

  /// Which rows of a batch this process uses: those of its shards; nil for all, since the words of all rows are looked up
  /// together, and the outputs that are excluded from a loss are counted in all.
  func usedRows(of count: Int) -> Range<Int>? {
    guard !network.group.isAlone, !network.readsTokens, !heads.contains(where: \.mayExcludeOutputs) else {
      return nil
    }
    let plan = ShardPlan(rows: count)
    let own = network.group.owners.own(of: plan.count)
    return min(count, own.lowerBound * plan.rowsPerShard)..<min(count, own.upperBound * plan.rowsPerShard)
  }

  /// Runs all of `rows` without updating the weights.
  /// - Parameter streams: the order of rows that continue one another, and the size of their batches; nil for the given
  ///   order.
  /// - Throws: `Failure` (io) if rows in a file can't be read.
  func run(_ rows: RowSet, in streams: RowStreams?, into totals: inout RunningTotals) throws {
    let order = streams?.order ?? Array(0..<rows.rows)
    let pass = Pass(isTraining: false)
    prepare(pass)
    for part in BatchRanges(rows: rows.rows, size: streams?.count ?? network.rows, stateRow: 0) {
      let batch = try rows.batch(order, part.rows, used: usedRows(of: part.rows.count))
      run(batch.data, batch.order, batch.range, pass, stateRow: part.stateRow, into: &totals)
    }
  }

  // MARK: One item

  /// Processes one item of a phase, called by the pool: prepares a layer, or runs a shard.
  public func perform(_ phase: Phase, item: Int, worker: Int) {
    switch phase {
    case .prepare(let pass): network.layers[item].prepare(pass)
    case .loadTokens(let work): loadTokens(work.batch, network.plan.shard(item, worker: worker))
    case .project(let wave, let pass): network.project(wave: wave, part: item, worker: worker, pass)
    case .loadTargets(let work): loadTargets(work.batch, network.plan.shard(item, worker: worker))
    case .run(let work):
      forward(work.batch, own(item, worker: worker))
      backward(work.batch, own(item, worker: worker))
    case .forward(let work): forward(work.batch, own(item, worker: worker))
    case .backward(let work): backward(work.batch, own(item, worker: worker))
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

  /// Adds the shards' sums, in ascending order. Like Keras's, the loss is the mean over batches, each including its
  /// penalties, weighted by the number of rows.
  func add(to totals: inout RunningTotals) {
    let rows = Double(network.plan.rows)
    totals.rows += rows
    totals.sums[0] += (weightPenalty + network.store.activityPenalty(network.plan)) * rows
    var position = metricsOffset
    for (number, head) in heads.enumerated() {
      let loss = head.addTotals(network.plan, to: &totals.sums, at: position)
      totals.sums[0] += Double(head.term.weight) * loss
      if reportsOutputLosses { totals.sums[1 + number] += loss }
      position += head.metrics.count
    }
  }

  /// Whether each output's loss is reported in addition to the sum.
  private var reportsOutputLosses: Bool { heads.count > 1 }
  /// The index of the metrics' first sum.
  private var metricsOffset: Int { 1 + (reportsOutputLosses ? heads.count : 0) }
}

extension BatchRunner {
  /// Totals of zero rows.
  public var emptyTotals: RunningTotals {
    RunningTotals(additionalSums: metricsOffset - 1 + heads.reduce(0) { $0 + $1.metrics.count })
  }

  /// The names and values of losses and metrics, in order; with several outputs, each is prefixed by the output's name.
  public func values(_ totals: RunningTotals) -> [(name: String, value: Double)] {
    var losses = [(name: "loss", value: totals.loss)]
    var metrics: [(name: String, value: Double)] = []
    var position = metricsOffset
    for (number, head) in heads.enumerated() {
      let prefix = head.term.name.map { "\($0)_" } ?? ""
      if reportsOutputLosses { losses.append(("\(prefix)loss", totals.sums[1 + number] / totals.rows)) }
      let values = head.metrics.values(totals.sums[position..<position + head.metrics.count])
      metrics += zip(head.metrics.names, values).map { (name: prefix + $0, value: $1) }
      position += head.metrics.count
    }
    return losses + metrics
  }

  /// Whether smaller or larger values of `quantity`, a loss or metric with or without the prefix `val_`, are better;
  /// nil if it doesn't exist.
  func mode(of quantity: String) -> MonitorMode? {
    let name = quantity.hasPrefix("val_") ? String(quantity.dropFirst(4)) : quantity
    if name == "loss" { return .min }
    for head in heads {
      let prefix = head.term.name.map { "\($0)_" } ?? ""
      if reportsOutputLosses && name == "\(prefix)loss" { return .min }
      if let position = head.metrics.names.firstIndex(where: { prefix + $0 == name }) {
        return head.metrics.metrics[position].higherIsBetter ? .max : .min
      }
    }
    return nil
  }
}
