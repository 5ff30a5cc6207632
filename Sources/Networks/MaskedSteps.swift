// A recurrent layer's steps where some of the rows are masked (Keras: backend.rnn with a mask): a masked row
// keeps its state over the step, and so repeats its output; backward, its state's gradients go on to the step
// before and the weights get none. A step at which no row counts is not computed at all.

import Kernels

extension RecurrentLayer {
  /// One step, over which rows that are masked there keep their state.
  func walkForward(_ shard: Shard, _ time: Int, _ scratch: RecurrentScratch) {
    let extent = mask?.extent(shard, time) ?? .all
    if extent != .none { stepForward(shard, time, scratch) }
    if let mask, extent != .all { carryState(shard, time, mask.rows(shard, time)) }
  }

  /// One step back, over which rows that are masked there keep their gradients and give none to the weights.
  func walkBackward(_ shard: Shard, _ time: Int, slot: Int, _ scratch: RecurrentScratch) {
    guard let mask, mask.extent(shard, time) != .all else {
      return stepBackward(shard, time, slot: slot, scratch)
    }
    let rows = mask.rows(shard, time)
    if mask.extent(shard, time) == .some {
      let kept = scratch.kept(shard)
      kept.copy(scratch.dh(shard))
      stepBackward(shard, time, slot: slot, scratch)
      carryGradient(kept, shard, scratch, rows)
    }
    clearMasked(scratch.inputGradients(slot..<slot + 1, shard), rows)
    clearMasked(scratch.recurrentGradients(slot..<slot + 1, shard), rows)
  }

  /// Hands on the output of a stateful layer, which in Keras is zero until a row's first step of the batch
  /// that counts, though its state isn't.
  func deliverBegun(_ shard: Shard, _ mask: Mask) {
    let begun = begun[shard.worker].mask(at: 0, rows: shard.rows)
    for row in 0..<shard.rows { begun[row] = false }
    for index in history.allSteps {
      begun.add(mask.rows(shard, time(index)))
      guard options.returnSequences || index == history.steps - 1 else { continue }
      let result = output.values(shard, options.returnSequences ? index : 0)
      result.copy(history.values(shard, time(index)))
      clearMasked(result, begun)
    }
  }
}
