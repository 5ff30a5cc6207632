// Divides the rows of a chunk among threads. Results are returned in the order of the rows, so that they
// don't depend on the number of threads.

import Dispatch
import Synchronization
import TensorFile

extension Ragged {
  /// The rows in `count` contiguous shares with about the same number of values.
  func shares(_ count: Int) -> [Range<Int>] {
    let total = values.rows
    var shares: [Range<Int>] = []
    var (start, row, offset) = (0, 0, 0)
    for share in 1...max(1, count) {
      let end = share == count ? lengths.count : row
      while row < end || (share < count && row < lengths.count && offset < total / count * share) {
        offset += Int(lengths[row])
        row += 1
      }
      shares.append(start..<row)
      start = row
    }
    return shares
  }
}

/// Runs `work` for each of `count` shares on its own thread, and returns the results in order.
func concurrently<Result: Sendable>(_ count: Int, _ work: @Sendable (Int) -> Result) -> [Result] {
  guard count > 1 else { return (0..<count).map(work) }
  let results = Mutex<[Int: Result]>([:])
  DispatchQueue.concurrentPerform(iterations: count) { share in
    let result = work(share)
    results.withLock { $0[share] = result }
  }
  return results.withLock { results in (0..<count).compactMap { results[$0] } }
}
