// The penalty on a layer's output: l1 sum|y| + l2 sum y^2, over the rows of the batch
// (keras/src/layers/layer.py). The layer computes it for each shard; the sum is part of the batch's loss.

import Kernels

/// An activity regularizer of a layer's output.
final class ActivityPenalty {
  private let factors: PenaltyFactors
  private let sums = Buffer<Double>(count: ShardPlan.most, zero: 0)
  /// The number of rows in the batch.
  var rows = 1
  /// Which steps are penalized, if masked steps are set to zero after the layer.
  var mask: Mask?

  init(_ regularizer: Regularizer) { factors = regularizer.factors }

  /// Adds a shard's output to the penalty.
  func measure(_ output: Matrix, _ shard: Shard) {
    sums[shard.index] = penalty(output, factors, counting: mask?.rows(shard))
  }

  /// Adds the penalty's derivative at a shard's output to the output's gradient.
  func addGradient(_ output: Matrix, _ shard: Shard, into gradient: Matrix) {
    addPenaltyGradient(
      output, factors, scale: 1 / Float(rows), counting: mask?.rows(shard), into: gradient)
  }

  /// The batch's penalty, shards in ascending order.
  func value(_ plan: ShardPlan) -> Double {
    (0..<plan.count).reduce(0) { $0 + sums[$1] } / Double(plan.rows)
  }
}

extension ActivityPenalty: ShardValues {
  func values(of shard: Shard) -> [Double] { [sums[shard.index]] }

  func take(_ values: ArraySlice<Double>, of shard: Shard) {
    if let value = values.first { sums[shard.index] = value }
  }
}

extension Regularizer {
  /// The factors for kernels.
  var factors: PenaltyFactors { PenaltyFactors(l1: l1, l2: l2) }
}
