// Counts of more tokens than fit into memory: tables that are full are written to disk as sorted runs. The sums are
// exact, because all runs are merged before the most frequent tokens are chosen.

import Failures
import OperatingSystem

/// The counts that were written to disk.
struct SpilledCounts {
  private var runs: [TemporaryFile] = []
  /// The maximum number of runs that are merged at once; beyond it, they become one.
  private static let mostRuns = 32

  /// Writes counts to disk.
  /// - Throws: `Failure` if a temporary file can't be written.
  mutating func add(_ counts: MergedCounts) throws(Failure) {
    let (table, frequencies) = (counts.table, counts.frequencies)
    let order = frequencies.indices.filter { frequencies[$0].count > 0 }.map {
      CountedToken(key: table.key($0), bytes: table[$0], frequency: frequencies[$0])
    }.sorted { $0.precedes($1) }
    var writer = try TokenRunWriter()
    for token in order { try writer.append(token) }
    runs.append(try writer.finish())
    if runs.count > Self.mostRuns { try join() }
  }

  /// Merges all runs to one.
  private mutating func join() throws(Failure) {
    var writer = try TokenRunWriter()
    try forEach { (token) throws(Failure) in try writer.append(token) }
    runs = [try writer.finish()]
  }

  /// Calls `body` with each token and its total count.
  func forEach(_ body: (CountedToken) throws(Failure) -> Void) throws(Failure) {
    var readers: [TokenRunReader] = []
    var heads: [CountedToken] = []
    for run in runs {
      var reader = TokenRunReader(run)
      guard let head = try reader.next() else { continue }
      readers.append(reader)
      heads.append(head)
    }
    while var token = heads.min(by: { $0.precedes($1) }) {
      token.frequency = TokenFrequency()
      for index in heads.indices.reversed() where heads[index].isSame(as: token) {
        token.frequency.merge(heads[index].frequency)
        if let next = try readers[index].next() {
          heads[index] = next
        } else {
          heads.remove(at: index)
          readers.remove(at: index)
        }
      }
      try body(token)
    }
  }
}
