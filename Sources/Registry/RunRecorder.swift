// Records one run beside the work: the caller never waits for the database until the end, and no fault of
// the registry's stops a stage.
//
// A first transaction, a moment after the start, writes the run as `running`; a stage that ends sooner is
// written in one transaction with its end. Parameters and metrics gather in memory and are written at most
// once a second.

import Dispatch
import Failures
import Foundation
import Synchronization

/// Records one run.
public final class RunRecorder: Sendable {
  private let location: RegistryLocation
  private let patience: Double
  private let spool: Spool
  private let queue = DispatchQueue(label: "registry")
  private let pending: Mutex<Pending>
  private let session = Mutex(Session())

  /// What waits to be written; touched by the caller and by the queue.
  private struct Pending: Sendable {
    var record: RunRecord
    var flushIsDue = true
    var isFinished = false
  }

  /// The state of writing; touched on the queue alone.
  private struct Session: Sendable {
    var database: RegistryDatabase?
    var wroteStart = false
    var spooled = false
    var warnings: [String] = []
  }

  /// How long the first transaction waits for the run to end first.
  private static let grace = 0.02
  /// The least time between two transactions.
  private static let interval = 1.0

  /// Begins to record, in the background.
  /// - Parameters:
  ///   - location: the registry; it is created where it is missing.
  ///   - start: the run.
  ///   - patience: seconds to wait for other writers before the run goes into the spool.
  public init(location: RegistryLocation, start: RunStart, patience: Double = 10) {
    (self.location, self.patience) = (location, patience)
    spool = Spool(location)
    pending = Mutex(Pending(record: RunRecord(start: start)))
    queue.async { self.openEarly() }
    queue.asyncAfter(deadline: .now() + Self.grace) { self.flush() }
  }

  /// Records a parameter; the last value of a key counts.
  public func parameter(_ key: String, _ value: String) {
    add { $0.parameters[key] = value }
  }

  /// Records a tag; the last value of a key counts.
  public func tag(_ key: String, _ value: String) {
    add { $0.tags[key] = value }
  }

  /// Records a metric's value at a step; the last value of a step counts. NaN becomes NULL.
  public func metric(_ name: String, step: Int, value: Double) {
    add { $0.metrics.append(MetricPoint(name: name, step: step, value: value)) }
  }

  /// Writes the end and everything that waits, and returns when it is safe: at once as a rule; where others
  /// hold the database, after `patience` seconds (twice that where an earlier write was waiting already),
  /// with the run in the spool. Later calls on this recorder do nothing.
  /// - Returns: one line for standard error for each thing that went wrong.
  public func finish(_ end: RunEnd) -> [String] {
    let isFirst = pending.withLock { pending in
      defer { pending.isFinished = true }
      if !pending.isFinished { pending.record.end = end }
      return !pending.isFinished
    }
    guard isFirst else { return [] }
    return queue.sync {
      write()
      return session.withLock { session in
        session.database = nil
        return session.warnings
      }
    }
  }

  private func add(_ change: (inout RunRecord) -> Void) {
    let schedules = pending.withLock { pending in
      guard !pending.isFinished else { return false }
      change(&pending.record)
      defer { pending.flushIsDue = true }
      return !pending.flushIsDue
    }
    if schedules { queue.asyncAfter(deadline: .now() + Self.interval) { self.flush() } }
  }

  /// Opens the database and does nothing about a failure: the first transaction tries again and reports.
  private func openEarly() {
    session.withLock { _ = try? open(&$0) }
  }

  private func open(_ session: inout Session) throws -> RegistryDatabase {
    if let database = session.database { return database }
    let database = try RegistryDatabase(location, mode: .create, patience: patience)
    session.database = database
    return database
  }

  private func flush() {
    let isFinished = pending.withLock { pending in
      pending.flushIsDue = false
      return pending.isFinished
    }
    if !isFinished { write() }
  }

  /// Writes what waits to the database, else to the spool.
  private func write() {
    session.withLock { session in
      let record = pending.withLock { $0.record.take() }
      guard !session.wroteStart || !record.isEmpty else { return }
      do {
        let database = try open(&session)
        try database.write { try record.write(to: $0) }
        session.wroteStart = true
        if session.spooled { spool.remove(record.start.id) }
        session.spooled = false
        takeIn(database, &session)
      } catch {
        keep(record, because: RegistryDatabase.failure(error, at: location), &session)
      }
    }
  }

  /// Takes in what others had to leave. A failure here is theirs to meet again: this run is safe.
  private func takeIn(_ database: RegistryDatabase, _ session: inout Session) {
    do {
      session.warnings += try spool.takeIn(database)
    } catch {
      session.warnings.append(
        "registry: runs in the spool wait: \(RegistryDatabase.failure(error, at: location))")
    }
  }

  /// Puts the record back, so that the next attempt writes it, and into the spool meanwhile.
  private func keep(_ record: RunRecord, because failure: Failure, _ session: inout Session) {
    let everything = pending.withLock { pending in
      pending.record.putBack(record)
      return pending.record
    }
    do {
      try spool.keep(everything)
      session.spooled = true
      if everything.end != nil {
        session.warnings.append(
          "registry: \(failure.withoutRemedy); the run waits in \(spool.path(of: everything.start.id))")
      }
    } catch {
      if everything.end != nil {
        session.warnings.append("registry: this run is not recorded: \(failure.withoutRemedy)")
      }
    }
  }
}

extension Failure {
  /// The place and the problem alone.
  var withoutRemedy: String { place.map { "\($0): \(problem)" } ?? problem }
}
