// A recurrent layer's weight gradients, a block of steps at a time: dz of the block is still in the second cache
// when the products over it are taken, and these leave time to fetch what the next block's backward pass reads.

import Kernels

extension RecurrentLayer {
  /// One product for the whole block where all rows are at work, else one for each step.
  func addBlockGradients(_ shard: Shard, _ times: Range<Int>, _ scratch: RecurrentScratch) {
    guard let prefix, prefix.active(shard, times.lowerBound, near: shard.rows) < shard.rows else {
      addGradients(shard, times, 0..<times.count, scratch)
      return
    }
    var active = shard.rows
    for (slot, time) in times.enumerated().reversed() {
      active = prefix.active(shard, time, near: active)
      addGradients(shard.with(active: active), time..<time + 1, slot..<slot + 1, scratch)
    }
  }

  private func addGradients(
    _ shard: Shard, _ times: Range<Int>, _ slots: Range<Int>, _ scratch: RecurrentScratch
  ) {
    projection.addGradient(scratch.inputGradients(slots, shard), shard, times)
    addRecurrentGradient(shard, times, slots, scratch)
  }

  /// What is kept of the steps that the backward pass comes to a block after `times`: too much for the second
  /// cache to hold since the forward pass.
  func kept(_ shard: Shard, ahead times: Range<Int>) -> Matrix? {
    let blockSteps = Self.blockSteps(shard)
    let first = options.goBackwards ? times.lowerBound + blockSteps : times.lowerBound - blockSteps
    return kept?.values(shard, (first..<first + times.count).clamped(to: history.allSteps))
  }

  /// How many steps of a shard the gradients of one product stand for.
  static func blockSteps(_ shard: Shard) -> Int { max(1, RecurrentScratch.blockRows / shard.rows) }
}
