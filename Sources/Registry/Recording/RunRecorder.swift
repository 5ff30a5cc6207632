// Records a run in the background: the caller waits for the database only at the end, and failures of the registry
// don't stop a stage.
//
// A note of the start is in the spool before a stage does anything, so that even a stage that is killed has its row.
// Shortly after the start, a first transaction writes the run as `running`; a run that ends sooner is written in one
// transaction at its end. Parameters and metrics are collected in memory and written at most once per second.

import Dispatch
import Failures
import Foundation
import Synchronization

/// Records a run.
public final class RunRecorder: Sendable {
  private let location: RegistryLocation
  private let waiting: WaitingTime
  /// The number of seconds after which `finish` no longer waits for the database, whatever holds it up.
  private let deadline: Double
  private let spooled: SpooledRun
  private let queue = DispatchQueue(label: "registry")
  private let pending: Mutex<Pending>
  private let session = Mutex(Session())

  /// The data to be written; used by the caller and on the queue.
  private struct Pending: Sendable {
    var record: RunRecord
    /// The part of the record that is being written.
    var inFlight: RunRecord?
    var isFlushDue = true
    var isFinished = false

    /// All that is not in the database yet.
    var everything: RunRecord {
      var all = record
      if let inFlight { all.putBack(inFlight) }
      return all
    }
  }

  /// The state of writing; used only on the queue.
  private struct Session: Sendable {
    var database: RegistryDatabase?
    var hasWrittenStart = false
    var warnings: [String] = []
    /// Why the last attempt to write the run failed; nil once it is written.
    var problem: String?
  }

  /// The delay of the first transaction in seconds; a run that ends sooner doesn't need it.
  private static let gracePeriod = 0.02
  /// The minimum number of seconds between two transactions.
  private static let interval = 1.0
  /// The number of seconds after which the end is stored in the spool while the database keeps the caller waiting.
  private static let promptness = 0.25

  /// Notes the start, and begins to record in the background.
  /// - Parameters:
  ///   - location: the registry, created if it is missing.
  ///   - start: the run.
  ///   - patience: seconds to wait for other writers before the run is stored in the spool.
  ///   - margin: the further seconds that a database may take for its work, before the same happens.
  public init(location: RegistryLocation, start: RunStart, patience: Double = 10, margin: Double = 5) {
    (self.location, waiting) = (location, WaitingTime(limit: patience))
    deadline = patience + margin
    spooled = SpooledRun(RunSpool(location), start)
    pending = Mutex(Pending(record: RunRecord(start: start)))
    spooled.note()
    queue.async { self.openEarly() }
    queue.asyncAfter(deadline: .now() + Self.gracePeriod) { self.flush() }
  }

  /// Records a parameter; the last value for a key is kept.
  public func parameter(_ key: String, _ value: String) {
    add { $0.parameters[key] = value }
  }

  /// Records a tag; the last value for a key is kept.
  public func tag(_ key: String, _ value: String) {
    add { $0.tags[key] = value }
  }

  /// Records a metric's value at a step; the last value for a step is kept. NaN becomes NULL.
  public func metric(_ name: String, step: Int, value: Double) {
    add { $0.metrics.append(MetricPoint(name: name, step: step, value: value)) }
  }

  /// Writes the end and all remaining data, and returns when it is on disk: usually immediately; if the database is
  /// locked, after `patience` seconds, with the run in the spool; if it doesn't answer at all, `margin` later. Later
  /// calls on this recorder do nothing.
  /// - Returns: one line for standard error for each problem.
  public func finish(_ end: RunEnd) -> [String] {
    let isFirst = pending.withLock { pending in
      defer { pending.isFinished = true }
      if !pending.isFinished { pending.record.end = end }
      return !pending.isFinished
    }
    guard isFirst else { return [] }
    // From now on the caller is waiting, so the rest of a write that is already waiting counts too.
    waiting.startLast()
    let written = DispatchSemaphore(value: 0)
    queue.async {
      self.write()
      written.signal()
    }
    guard wait(for: written) else { return [unanswered] }
    return queue.sync {
      session.withLock { session in
        session.database = nil
        return session.warnings + [session.problem].compactMap { $0 }
      }
    }
  }

  /// Replaces the end that `finish` has recorded, of a run that failed after it: its result could not be handed over.
  /// - Returns: one line for standard error for each problem.
  public func correct(_ end: RunEnd) -> [String] {
    let record = pending.withLock { pending in
      var record = pending.everything
      record.end = end
      return record
    }
    if spooled.isKept {
      do { try spooled.keep(record) } catch { return [uncorrected] }
      return []
    }
    let written = DispatchSemaphore(value: 0)
    let isWritten = Mutex(false)
    queue.async {
      self.session.withLock { session in
        defer { session.database = nil }
        guard let database = try? self.open(&session) else { return }
        let isDone = (try? database.write { try record.replaceEnd(in: $0) }) != nil
        isWritten.withLock { $0 = isDone }
      }
      written.signal()
    }
    let isAnswered = written.wait(timeout: .now() + deadline) == .success
    return isAnswered && isWritten.withLock { $0 } ? [] : [uncorrected]
  }

  /// What a run that ends for lack of memory, when nothing can be encoded any more, writes to the spool.
  /// - Parameter end: the end that it will have, but for the time and what it used.
  /// - Throws: `EncodingError`.
  public func lastWords(_ end: RunEnd) throws -> LastWords {
    var record = pending.withLock { $0.everything }
    record.end = nil
    return try spooled.lastWords(record, end)
  }

  private var uncorrected: String {
    "registry: \(location.path): this run is recorded as it was before its result could not be written"
  }

  /// Waits for the last write. If it is not prompt, the run is stored in the spool first, so that nothing is lost if the
  /// process is killed meanwhile.
  private func wait(for written: DispatchSemaphore) -> Bool {
    if written.wait(timeout: .now() + Self.promptness) == .success { return true }
    try? spooled.keep(pending.withLock { $0.everything })
    return written.wait(timeout: .now() + deadline) == .success
  }

  /// The warning about a database that is not locked, but doesn't answer either.
  private var unanswered: String {
    let problem = "registry: \(location.path): has not answered within \(Int(deadline)) seconds"
    return spooled.isKept
      ? "\(problem); the run is stored in \(spooled.path)" : "\(problem); this run is not recorded"
  }

  private func add(_ change: (inout RunRecord) -> Void) {
    let schedules = pending.withLock { pending in
      guard !pending.isFinished else { return false }
      change(&pending.record)
      defer { pending.isFlushDue = true }
      return !pending.isFlushDue
    }
    if schedules { queue.asyncAfter(deadline: .now() + Self.interval) { self.flush() } }
  }

  /// Opens the database, ignoring a failure: the first transaction tries again and reports it.
  private func openEarly() {
    session.withLock { _ = try? open(&$0) }
  }

  private func open(_ session: inout Session) throws -> RegistryDatabase {
    if let database = session.database { return database }
    let database = try RegistryDatabase(location, mode: .create, waiting: waiting)
    session.database = database
    return database
  }

  private func flush() {
    let isFinished = pending.withLock { pending in
      pending.isFlushDue = false
      return pending.isFinished
    }
    if !isFinished { write() }
  }

  /// Writes the remaining data to the database, or else to the spool.
  private func write() {
    session.withLock { session in
      let record = pending.withLock { pending in
        pending.inFlight = pending.record.take()
        return pending.inFlight ?? pending.record
      }
      guard !session.hasWrittenStart || !record.isEmpty else { return pending.withLock { $0.inFlight = nil } }
      do {
        waiting.restart()
        let database = try open(&session)
        try database.write { try record.write(to: $0) }
        session.hasWrittenStart = true
        session.problem = nil
        pending.withLock { $0.inFlight = nil }
        spooled.remove(isLast: record.end != nil)
        importRuns(database, &session)
      } catch {
        keep(because: RegistryDatabase.failure(error, at: location), &session)
      }
    }
  }

  /// Imports runs that others stored in the spool. A failure is reported, but this run has been written.
  private func importRuns(_ database: RegistryDatabase, _ session: inout Session) {
    do {
      session.warnings += try RunSpool(location).importRuns(database)
    } catch {
      session.warnings.append(
        "registry: some runs are still in the spool: \(RegistryDatabase.failure(error, at: location))")
    }
  }

  /// Restores the record, so that the next attempt writes it, and stores it in the spool meanwhile.
  private func keep(because failure: Failure, _ session: inout Session) {
    let everything = pending.withLock { pending in
      pending.record = pending.everything
      pending.inFlight = nil
      return pending.record
    }
    do {
      try spooled.keep(everything)
      session.problem = "registry: \(failure.withoutRemedy); the run is stored in \(spooled.path)"
    } catch {
      session.problem = "registry: this run is not recorded: \(failure.withoutRemedy)"
    }
  }
}

extension Failure {
  /// The location and the problem, without the remedy.
  var withoutRemedy: String { place.map { "\($0): \(problem)" } ?? problem }
}
