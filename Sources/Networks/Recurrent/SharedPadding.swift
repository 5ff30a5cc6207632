// Rows that share their padding walk it together, exactly: rows are ordered by the length of their padding, and at
// each time the first ones are active, the last of them on behalf of all behind it (SharedPrefix.swift).
//
// The condition: the layer walks forward in time, all rows begin in the same state, there is no dropout, and no mask
// skips padding (SharedWork.sharesPrefix).

import Kernels

extension RecurrentLayer {
  /// Lets rows begin whose shared padding ends before `time`, in the states of the row before them; returns how many
  /// are active then.
  func activate(_ active: Int, _ shard: Shard, _ time: Int) -> Int {
    guard let prefix, active < shard.rows else { return active }
    let next = prefix.active(shard, time, near: active)
    guard next > active && time > 0 else { return next }
    for state in states { repeatRow(before: active..<next, in: state.values(shard, time - 1)) }
    return next
  }

  /// Adds the gradients of the states of rows that began at the step walked `index`-th to the row before them, whose
  /// states those were; returns how many rows are active one step before.
  func deactivate(_ active: Int, _ shard: Shard, _ index: Int, _ scratch: RecurrentScratch) -> Int {
    guard let prefix, index > 0 else { return active }
    let before = prefix.active(shard, index - 1, near: active)
    if before < active {
      for number in states.indices {
        foldRows(before..<active, in: scratch.gradient(of: number, shard).after)
      }
    }
    return before
  }

  /// Lets the next layer walk the padding that rows share as this one does.
  func propagatePrefix() {
    guard let prefix, returnsHistoryView, options.activityRegularizer == nil, !options.returnState else {
      return
    }
    states[0].prefix = prefix
    spreadsPadding = false
  }
}
