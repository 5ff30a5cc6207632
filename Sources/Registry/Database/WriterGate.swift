// Writers queue here before they contend for SQLite's locks. Those are polled, and every attempt briefly holds a
// shared lock, so many waiting writers delay the one that commits; an attempt to lock the folder is one system call
// and delays no other process. The gate only determines whose turn it is: SQLite's locks still protect the data, from
// other programs and on file systems that can't lock a folder.

import Glibc
import OperatingSystem
import SystemPackage

/// The queue of the writers of one registry.
struct WriterGate {
  /// The registry's folder.
  let folder: String
  /// How long to wait; after that, the body runs without the gate.
  let waiting: WaitingTime

  /// Runs `body` when it is this writer's turn. The kernel releases the lock of a process that is killed.
  func pass<Result>(_ body: () throws -> Result) rethrows -> Result {
    let folder = try? FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
    defer { try? folder?.close() }
    if let folder { wait(folder) }
    return try body()
  }

  /// Waits for the folder's lock; returns without it if the folder can't be locked.
  private func wait(_ folder: FileDescriptor) {
    let start = ContinuousClock.now
    while (try? folder.tryLock()) == false {
      let waited = (ContinuousClock.now - start) / .seconds(1)
      let pause = UInt32.random(in: 100...Self.maxBackoff(after: waited))
      guard waiting.pause(microseconds: pause) else { return }
    }
  }

  /// The maximum pause before the next attempt, in microseconds: short at first, for the few stages of one pipe; with
  /// many writers, those that have waited longest try most often.
  private static func maxBackoff(after seconds: Double) -> UInt32 {
    switch seconds {
    case ..<0.02: 1_000
    case ..<0.5: 10_000
    case ..<2: 5_000
    default: 1_000
    }
  }
}
