// The largest or smallest of several values, and its gradient. A value's masked steps don't take part in the
// choice (keras/src/layers/merging/base_merge.py, _apply_merge_op_and_or_mask).

import Kernels

extension MergedValues {
  /// Sets the output to the largest or the smallest of all values.
  func writeExtreme(isLargest: Bool, _ shard: Shard) {
    let (result, winners) = (output.values(shard), winners.values(shard))
    result.copy(value(0, shard))
    winners.clear()
    for number in 1..<max(1, count) {
      keepExtreme(
        value(number, shard), number: number, isLargest: isLargest, mask: mask(number, shard),
        resultMask: mask(before: number, shard), into: result, winners: winners)
    }
  }

  /// Which rows count in the values before `number`: nil once one of them has no mask.
  private func mask(before number: Int, _ shard: Shard) -> RowMask? {
    guard (0..<number).allSatisfy({ mask($0, shard) != nil }) else { return nil }
    guard number > 1, let joined = scratchMask(shard) else { return mask(0, shard) }
    joined.fill(false)
    for earlier in 0..<number { if let own = mask(earlier, shard) { joined.add(own) } }
    return joined
  }

  /// Passes each number's gradient to the value that it came from.
  func passBackExtreme(_ shard: Shard) {
    for number in 0..<count {
      guard let gradient = gradient(number, shard) else { continue }
      takeGradient(
        output.gradients(shard), winners: winners.values(shard), number: number, into: gradient)
    }
  }
}
