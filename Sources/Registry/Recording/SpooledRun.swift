// What the spool holds of one run. The thread that writes to the database and one that has waited too long for it may
// both use it, so that it decides under a lock which of them was last.

import Synchronization

/// The spool's files of one run. Thread-safe.
final class SpooledRun: Sendable {
  private let spool: RunSpool
  private let start: RunStart
  private let state = Mutex(State())

  private struct State: Sendable {
    var isKept = false
    var isComplete = false
  }

  init(_ spool: RunSpool, _ start: RunStart) { (self.spool, self.start) = (spool, start) }

  /// The file of the run's record.
  var path: String { spool.path(of: start.id) }
  /// Whether the record is in the spool.
  var isKept: Bool { state.withLock { $0.isKept } }

  /// Notes the start, where the spool can be written; where it can't, the end of the run says so.
  func note() { state.withLock { _ in try? spool.note(start) } }

  /// Stores the record, unless the whole run is in the database by now.
  func keep(_ record: RunRecord) throws {
    try state.withLock { state in
      guard !state.isComplete else { return }
      try spool.keep(record)
      state.isKept = true
    }
  }

  /// The record of the run, should it end for lack of memory.
  func lastWords(_ record: RunRecord, _ end: RunEnd) throws -> LastWords {
    try LastWords(path: path, record, end)
  }

  /// Removes the run's files, whose content is in the database.
  /// - Parameter isLast: whether nothing more will have to be stored.
  func remove(isLast: Bool) {
    state.withLock { state in
      spool.remove(start)
      state = State(isComplete: isLast)
    }
  }
}
