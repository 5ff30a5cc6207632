// Shards of an input without rows.

import Failures
import TensorFile

extension ShardRecord {
  /// Throws `Failure` (data) if there are no rows in any shard, as the whole is refused.
  func requireRows() throws(Failure) {
    guard total > 0 else { throw .data("the input has no rows") }
  }
}
