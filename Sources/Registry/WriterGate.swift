// Where writers queue before they trouble SQLite. Its own locks are polled, and every try holds a shared
// lock for a moment, which a crowd of writers makes the committing one wait for; a lock on the folder costs
// one system call a try and hinders nobody. It only orders who comes when: SQLite's locks still guard the
// data, against programs that know nothing of this one and on file systems that can't lock a folder.

import Glibc

/// The queue of the writers of one registry.
struct WriterGate {
  /// The registry's folder.
  let folder: String
  /// The most seconds to wait; the body runs without the gate then.
  let patience: Double

  /// Runs `body` when it is this writer's turn. The kernel opens the gate for the next where a process is
  /// killed inside.
  func pass<Result>(_ body: () throws -> Result) rethrows -> Result {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    if descriptor >= 0 { wait(descriptor) }
    return try body()
  }

  private func wait(_ descriptor: Int32) {
    let start = ContinuousClock.now
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR {
      let waited = (ContinuousClock.now - start) / .seconds(1)
      guard waited < patience else { return }
      usleep(UInt32.random(in: 100...Self.longestNap(after: waited)))
    }
  }

  /// Microseconds: short at first, for the few stages of one pipe, then long, for a crowd, in which those
  /// that have waited longest try most often.
  private static func longestNap(after seconds: Double) -> UInt32 {
    switch seconds {
    case ..<0.02: 1_000
    case ..<0.5: 10_000
    case ..<2: 5_000
    default: 1_000
    }
  }
}
