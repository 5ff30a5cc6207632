// Rows that share their padding process it together, exactly: rows are sorted by the length of their padding, and at
// each time the first ones are active, the last of them on behalf of all rows after it (SharedPrefix.swift).
//
// The condition: the layer runs forward in time, all rows begin in the same state, there is no dropout, and no mask
// skips padding (SharedWork.sharesPrefix).

import Kernels

extension RecurrentLayer {
  /// Activates rows whose shared padding ends before `time`, in the states of the row before them; returns the number
  /// of active rows.
  func activate(_ active: Int, _ shard: Shard, _ time: Int) -> Int {
    guard let prefix, active < shard.rows else { return active }
    let next = prefix.active(shard, time, near: active)
    guard next > active && time > 0 else { return next }
    for state in states { repeatRow(before: active..<next, in: state.values(shard, time - 1)) }
    return next
  }

  /// Adds the gradients of the states of rows that became active at the `index`-th processed step to the row before
  /// them, from which they got these states; returns the number of active rows one step before.
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

  /// Makes the next layer process the shared padding in the same way as this one.
  func propagatePrefix() {
    guard let prefix, returnsHistoryView, options.activityRegularizer == nil, !options.returnState else {
      return
    }
    states[0].prefix = prefix
    spreadsPadding = false
  }
}
