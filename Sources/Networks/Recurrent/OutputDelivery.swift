// How a recurrent layer provides its output and receives its gradients: as a view of its states if all steps are read
// in the order of time, else as a copy.

import Kernels

extension RecurrentLayer {
  /// Copies the states to the output, if it isn't a view of them.
  func deliver(_ shard: Shard) {
    guard !returnsHistoryView else { return }
    if let mask, !hasStarted.isEmpty { return deliverStarted(shard, mask) }
    let history = states[0]
    if options.returnSequences {
      for index in history.allSteps { output.values(shard, index).copy(history.values(shard, time(index))) }
    } else {
      output.values(shard, 0).copy(history.values(shard, time(history.steps - 1)))
    }
  }

  /// The output of a stateful layer, which in Keras is zero until a row's first unmasked step in the batch, although
  /// its state isn't.
  private func deliverStarted(_ shard: Shard, _ mask: Mask) {
    let started = hasStarted[shard.worker].mask(at: 0, rows: shard.rows)
    for row in 0..<shard.rows { started[row] = false }
    for index in states[0].allSteps {
      started.add(mask.rows(shard, time(index)))
      guard options.returnSequences || index == states[0].steps - 1 else { continue }
      let result = output.values(shard, options.returnSequences ? index : 0)
      result.copy(states[0].values(shard, time(index)))
      clearMasked(result, started)
    }
  }

  /// Adds the output's gradient at the `index`-th processed step to that of h.
  func receive(_ shard: Shard, _ index: Int, _ scratch: RecurrentScratch) {
    let dh = scratch.gradient(of: 0, shard).after
    if returnsHistoryView {
      let all = states[0].gradients(shard.with(active: shard.rows), time(index))
      if shard.active < shard.rows { foldRows(shard.active..<shard.rows, in: all) }
      add(all.rows(0..<shard.active), into: dh)
    } else if options.returnSequences {
      add(output.gradients(shard, index), into: dh)
    } else if index == states[0].steps - 1 {
      add(output.gradients(shard, 0), into: dh)
    }
  }
}
