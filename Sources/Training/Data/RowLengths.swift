// The lengths of rows without padding, and rows of a batch ordered by them: rows of about the same length share a shard,
// which skips the steps that all of its rows mask.

import Networks

extension DataSet {
  /// The number of ids of each row that are not padding, of the first input with token ids; nil if there is none.
  var unpaddedLengths: [Int]? {
    for case .tokens(let ids) in inputs where rows > 0 {
      let width = ids.count / rows
      return (0..<rows).map { row in ids[row * width..<(row + 1) * width].count { $0 != 0 } }
    }
    return nil
  }
}

extension [Int] {
  /// The same rows in the same batches, within each of them by falling length; rows of the same length keep their order.
  func sorted(inBatchesOf size: Int, byFalling lengths: [Int]) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(count)
    for start in stride(from: 0, to: count, by: size) {
      let batch = self[start..<Swift.min(start + size, count)]
      let order = batch.indices.sorted { (lengths[self[$1]], $0) < (lengths[self[$0]], $1) }
      result += order.map { self[$0] }
    }
    return result
  }
}
