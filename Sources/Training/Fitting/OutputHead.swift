// What belongs to one output of a network in training or evaluation: its loss, its metrics, its targets, and the sums
// of the batch that runs.

import Kernels
import Networks

/// One output's loss and metrics.
final class OutputHead {
  let term: Objective.Term
  let metrics: MetricPlan
  private let output: Activation
  private let number: Int
  private let targets: TargetBuffer
  private let weights: WeightBuffer
  /// What the output is made from, where the loss is computed from that.
  private let logits: Logits?
  /// Each shard's sums for the loss and the metrics, `[shards, 1 + sums]`.
  private let shardSums: Buffer<Double>
  /// Each shard's outputs that count.
  private let shardCounts = Buffer<Int>(count: ShardPlan.most, zero: 0)

  /// - Parameters:
  ///   - number: the output's place among the network's.
  ///   - targetWidth: numbers of a row's target; 0 where there are no targets.
  /// - Throws: `Failure` if the loss doesn't fit the output or the targets' shape.
  init(_ network: Network, number: Int, _ term: Objective.Term, targetWidth: Int) throws {
    self.number = number
    self.term = term
    output = network.outputs[number]
    try term.loss.check(
      outputSteps: output.steps, outputWidth: output.width, targetWidth: targetWidth, name: term.name)
    let width = targetWidth / output.steps
    metrics = try MetricPlan(term.metrics, outputWidth: output.width, targetWidth: width)
    targets = TargetBuffer(rows: network.rows, steps: output.steps, width: width)
    weights = WeightBuffer(rows: network.rows, steps: output.steps)
    shardSums = Buffer(count: ShardPlan.most * (1 + metrics.count), zero: 0)
    let source = network.logits(ofOutput: number)
    logits = term.loss.usesLogits(of: source?.function) ? source : nil
    logits?.takeLossGradient(from: output)
  }

  /// Whether some of the outputs may not count.
  var leavesOut: Bool { isMasked || term.loss.ignoredClass != nil }
  /// Whether which outputs count is known only when the shards have gone forward.
  var isMasked: Bool { output.mask != nil }

  private func isWeighted(_ batch: Batch) -> Bool { !batch.data.weights.isEmpty || isMasked }

  /// Copies a shard's targets and their weights, and counts those that count.
  func loadTargets(_ batch: Batch, _ shard: Shard, row: (Int) -> Int) {
    targets.load(batch.data.targets[number], batch, shard, row: row)
    let mask = output.mask?.rows(shard)
    if isWeighted(batch) { weights.load(batch, shard, mask: mask, row: row) }
    guard leavesOut else { return }
    let targets = targets.rows(shard)
    var count = 0
    for row in 0..<targets.rows where mask?[row] ?? true && !term.loss.ignores(targets[row, 0]) { count += 1 }
    shardCounts[shard.index] = count
  }

  /// Output rows that the batch's loss is the mean of.
  private func counted(_ plan: ShardPlan) -> Int {
    guard leavesOut else { return plan.rows * output.steps }
    return (0..<plan.count).reduce(0) { $0 + shardCounts[$1] }
  }

  /// Computes the shard's loss, its derivative if a backward pass follows, and its metrics.
  func evaluate(_ batch: Batch, _ shard: Shard, _ plan: ShardPlan) {
    let counted = counted(plan)
    var rows = LossRows(output: output.values(shard), targets: targets.rows(shard))
    rows.logits = logits?.values.values(shard)
    rows.gradient = batch.pass.hasBackward ? output.gradients(shard) : nil
    rows.weights = isWeighted(batch) ? weights.rows(shard) : nil
    rows.scale = counted == 0 ? 0 : term.weight / Float(counted)
    let place = shard.index * (1 + metrics.count)
    shardSums.fill(0, place..<place + 1 + metrics.count)
    shardSums[place] = term.loss.evaluate(rows)
    metrics.add(rows, to: shardSums, at: place + 1)
  }

  /// Adds the shards' sums of metrics to those from `place` on, in ascending order.
  /// - Returns: the batch's loss times its rows.
  func addTotals(_ plan: ShardPlan, to sums: inout [Double], at place: Int) -> Double {
    let width = 1 + metrics.count
    var total = 0.0
    for shard in 0..<plan.count {
      total += shardSums[shard * width]
      for number in 0..<metrics.count { sums[place + number] += shardSums[shard * width + 1 + number] }
    }
    let counted = counted(plan)
    return counted == 0 ? 0 : total * (Double(plan.rows) / Double(counted))
  }
}
