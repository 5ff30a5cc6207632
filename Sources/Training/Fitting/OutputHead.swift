// The loss, metrics and targets of one network output in training or evaluation, and their sums for the current batch.

import Kernels
import Networks

/// The loss and metrics of one output.
final class OutputHead {
  let term: Objective.Term
  let metrics: MetricPlan
  private let output: Activation
  private let number: Int
  private let targets: TargetBuffer
  private let weights: WeightBuffer
  /// The output's logits, if the loss is computed from them.
  private let logits: Logits?
  /// The output's layer, if it computes the loss.
  private let lossLayer: (any LossLayer)?
  /// Each shard's sums for the loss and the metrics, `[shards, 1 + sums]`.
  private let shardSums: Buffer<Double>
  /// The number of outputs in the loss, or the sum of their weights if the loss is divided by it, for each shard.
  private let shardCounts = Buffer<Double>(count: ShardPlan.most, zero: 0)
  /// The probabilities for metrics, if the output has logits.
  private let probabilities: FloatBuffer?
  /// The values that metrics compare with the targets, if the outputs are several numbers for each of them.
  private let points: FloatBuffer?
  /// Each shard's memory for the loss of whole sequences; empty for other losses.
  private let lattices: [Boxed<CTCLattice>]

  /// - Parameters:
  ///   - number: the output's index in the network.
  ///   - targetWidth: the number of values in a row's target; 0 if there are no targets.
  /// - Throws: `Failure` if the loss doesn't fit the output or the targets' shape.
  init(_ network: Network, number: Int, _ term: Objective.Term, targetWidth: Int) throws {
    self.number = number
    self.term = term
    output = network.outputs[number]
    try term.loss.check(
      outputSteps: output.steps, outputWidth: output.width, targetWidth: targetWidth, name: term.name)
    let (function, source) = (
      network.architecture.topology.outputFunction(number), network.logits(ofOutput: number)
    )
    try term.loss.check(function, hasLogits: source != nil)
    try term.loss.check(hasOwnLoss: network.architecture.topology.hasOwnLoss(number))
    try term.loss.check(metrics: term.metrics)
    // The target of a whole row has no steps.
    let targetSteps = term.loss.isOfSequences ? 1 : output.steps
    let width = targetWidth / targetSteps
    lattices = term.loss.isOfSequences ? (0..<ShardPlan.most).map { _ in Boxed(CTCLattice()) } : []
    let pointWidth = output.width / term.loss.outputsPerTarget
    metrics = try MetricPlan(term.metrics, outputWidth: pointWidth, targetWidth: width)
    points =
      term.loss.outputsPerTarget > 1 && !term.metrics.isEmpty
      ? FloatBuffer(network.rows * output.steps * pointWidth) : nil
    targets = TargetBuffer(rows: network.rows, steps: targetSteps, width: width)
    weights = WeightBuffer(rows: network.rows, steps: output.steps)
    shardSums = Buffer(count: ShardPlan.most * (1 + metrics.count), zero: 0)
    lossLayer = network.lossLayer(ofOutput: number)
    lossLayer?.takeLossGradient(from: output)
    logits = term.loss.usesLogits(of: source?.function) ? source : nil
    logits?.takeLossGradient(from: output)
    let readsLogits = term.loss.readsLogits(behind: function)
    probabilities = readsLogits ? FloatBuffer(network.rows * output.steps * output.width) : nil
  }

  /// Whether it is known only after counting by how much the sum of the losses is divided.
  var mayExcludeOutputs: Bool {
    isMasked || term.loss.ignoredClass != nil || term.loss.reduction == .weightedMean
  }
  /// Whether the outputs are masked, which is known only after the forward pass.
  var isMasked: Bool { output.mask != nil }

  private func isWeighted(_ batch: Batch) -> Bool { !batch.data.weights.isEmpty || isMasked }

  /// Copies a shard's targets and their weights, and counts the outputs in the loss.
  func loadTargets(_ batch: Batch, _ shard: Shard, row: (Int) -> Int) {
    targets.load(batch.data.targets[number], batch, shard, row: row)
    let mask = output.mask?.rows(shard)
    if isWeighted(batch) { weights.load(batch, shard, mask: mask, row: row) }
    guard mayExcludeOutputs, !term.loss.isOfSequences else { return }
    let targets = targets.rows(shard)
    let weights = term.loss.reduction == .weightedMean && isWeighted(batch) ? weights.rows(shard) : nil
    var count = 0.0
    for row in 0..<targets.rows where mask?[row] ?? true && !term.loss.ignores(targets[row, 0]) {
      count += Double(weights?[row, 0] ?? 1)
    }
    shardCounts[shard.index] = count
  }

  /// By how much the sum of the output rows' losses is divided: usually their number.
  private func divisor(_ plan: ShardPlan) -> Double {
    if term.loss.reduction == .sum { return 1 }
    if term.loss.isOfSequences { return Double(plan.rows) }
    guard mayExcludeOutputs else { return Double(plan.rows * output.steps) }
    return (0..<plan.count).reduce(0) { $0 + shardCounts[$1] }
  }

  /// Computes the shard's loss, its gradient if a backward pass follows, and its metrics.
  func evaluate(_ batch: Batch, _ shard: Shard, _ plan: ShardPlan) {
    let divisor = divisor(plan)
    if term.loss.isOfSequences { return evaluateSequences(batch, shard, divisor) }
    let steps = output.usedSteps(shard, batch.pass)
    let used = 0..<steps.count * shard.rows
    var rows = LossRows(output: output.values(shard, steps), targets: targets.rows(shard).rows(used))
    rows.outputsLogits = probabilities != nil
    rows.logits = rows.outputsLogits ? rows.output : logits?.values.values(shard, steps)
    rows.gradient = batch.pass.hasBackward ? output.gradients(shard, steps) : nil
    rows.weights = isWeighted(batch) ? weights.rows(shard).rows(used) : nil
    rows.scale = divisor == 0 ? 0 : term.weight / Float(divisor)
    let position = shard.index * (1 + metrics.count)
    shardSums.fill(0, position..<position + 1 + metrics.count)
    shardSums[position] =
      lossLayer?.loss(
        shard, targets: rows.targets, weights: rows.weights, scale: rows.scale,
        hasGradient: batch.pass.hasBackward) ?? term.loss.evaluate(rows)
    if let probabilities { rows.output = writeProbabilities(rows.output, shard, into: probabilities) }
    if let points { rows.output = writePoints(rows.output, shard, into: points) }
    metrics.add(rows, to: shardSums, at: position + 1)
  }

  /// Computes the losses of whole sequences, and their gradients.
  private func evaluateSequences(_ batch: Batch, _ shard: Shard, _ divisor: Double) {
    var rows = CTCRows(
      logits: (logits?.values ?? output).values(shard), targets: targets.rows(shard),
      mask: output.mask?.rows(shard))
    rows.gradient = batch.pass.hasBackward ? output.gradients(shard) : nil
    rows.scale = term.weight / Float(divisor)
    let weights = isWeighted(batch) ? weights.rows(shard) : nil
    shardSums[shard.index * (1 + metrics.count)] = rows.evaluate(&lattices[shard.index].value) { row in
      guard let weights else { return 1 }
      // All unmasked steps have the row's weight.
      return (0..<output.steps).reduce(0) { max($0, weights[$1 * shard.rows + row, 0]) }
    }
  }

  /// The probabilities of a shard's logits.
  private func writeProbabilities(_ logits: Matrix, _ shard: Shard, into buffer: FloatBuffer) -> Matrix {
    let result = buffer.matrix(
      at: shard.firstRow * output.steps * output.width, rows: logits.rows, columns: output.width,
      stride: output.width)
    term.loss.probabilities(of: logits, into: result)
    return result
  }

  /// The forecasts of a shard's outputs as single values.
  private func writePoints(_ outputs: Matrix, _ shard: Shard, into buffer: FloatBuffer) -> Matrix {
    let width = outputs.columns / term.loss.outputsPerTarget
    let result = buffer.matrix(
      at: shard.firstRow * output.steps * width, rows: outputs.rows, columns: width, stride: width)
    term.loss.points(of: outputs, into: result)
    return result
  }

  // MARK: Sums of the batch

  /// Adds the shards' metric sums to those starting at `position`, in ascending order of the shards.
  /// - Returns: the batch's loss times its number of rows.
  func addTotals(_ plan: ShardPlan, to sums: inout [Double], at position: Int) -> Double {
    let width = 1 + metrics.count
    var total = 0.0
    for shard in 0..<plan.count {
      total += shardSums[shard * width]
      for number in 0..<metrics.count { sums[position + number] += shardSums[shard * width + 1 + number] }
    }
    let divisor = divisor(plan)
    return divisor == 0 ? 0 : total * (Double(plan.rows) / divisor)
  }
}

extension OutputHead: ShardValues {
  /// The number of outputs in the shard's loss, and its sums.
  func values(of shard: Shard) -> [Double] {
    let width = 1 + metrics.count
    return [shardCounts[shard.index]] + shardSums.array(shard.index * width..<(shard.index + 1) * width)
  }

  func take(_ values: ArraySlice<Double>, of shard: Shard) {
    guard let count = values.first else { return }
    shardCounts[shard.index] = count
    shardSums.write(values.dropFirst(), at: shard.index * (1 + metrics.count))
  }
}

/// A value that is changed in place by one thread at a time.
private final class Boxed<Value> {
  var value: Value

  init(_ value: Value) { self.value = value }
}
