// Where writers queue before they contend for SQLite's locks. Those are polled, and every try holds a shared lock for a
// moment, so that a crowd of writers delays the one that commits; a lock on the folder costs one system call a try
// and delays nobody. It only decides whose turn it is: SQLite's locks still protect the data, against programs that
// know nothing of this one and on file systems that can't lock a folder.

import Glibc
import OperatingSystem
import SystemPackage

/// The queue of the writers of one registry.
struct WriterGate {
  /// The registry's folder.
  let folder: String
  /// How long to wait; the body runs without the gate then.
  let waiting: WaitingTime

  /// Runs `body` when it is this writer's turn. The kernel releases the lock of a process that is killed.
  func pass<Result>(_ body: () throws -> Result) rethrows -> Result {
    let folder = try? FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
    defer { try? folder?.close() }
    if let folder { wait(folder) }
    return try body()
  }

  /// Waits for the folder's lock; returns without it where the folder can't be locked.
  private func wait(_ folder: FileDescriptor) {
    let start = ContinuousClock.now
    while (try? folder.tryLock()) == false {
      let waited = (ContinuousClock.now - start) / .seconds(1)
      let pause = UInt32.random(in: 100...Self.maxBackoff(after: waited))
      guard waiting.pause(microseconds: pause) else { return }
    }
  }

  /// The longest pause before the next try, in microseconds: short at first, for the few stages of one pipe, then
  /// longer, for a crowd, in which those that have waited longest try most often.
  private static func maxBackoff(after seconds: Double) -> UInt32 {
    switch seconds {
    case ..<0.02: 1_000
    case ..<0.5: 10_000
    case ..<2: 5_000
    default: 1_000
    }
  }
}
