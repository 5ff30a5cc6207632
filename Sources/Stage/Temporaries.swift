// The unfinished output files of this process, so that a failure or a signal leaves none of them behind.

import Glibc
import Synchronization

/// Temporary files that become outputs by being renamed. Safe from any thread.
final class Temporaries: Sendable {
  /// The process's one collection: a signal concerns them all.
  static let shared = Temporaries()

  private struct State {
    var paths: Set<String> = []
    var isClosed = false
  }
  private let state = Mutex(State())

  /// Creates `path`, which must not exist yet, for writing, and remembers it; throws `SystemError`.
  func create(_ path: String, permissions: mode_t) throws -> Int32 {
    try state.withLock { state in
      guard !state.isClosed else { throw SystemError(code: EINTR) }
      let descriptor = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, permissions: permissions)
      state.paths.insert(path)
      return descriptor
    }
  }

  /// Makes the temporary file the output: whoever looks sees the old file or the whole new one.
  func publish(_ path: String, as target: String) throws {
    try state.withLock { state in
      guard !state.isClosed else { throw SystemError(code: EINTR) }
      guard rename(path, target) == 0 else { throw SystemError.last }
      state.paths.remove(path)
    }
  }

  /// Removes one temporary file, where it still is one.
  func discard(_ path: String) {
    state.withLock { state in
      if state.paths.remove(path) != nil { unlink(path) }
    }
  }

  /// Removes all of them and allows no more: the process is about to end.
  func close() {
    state.withLock { state in
      for path in state.paths { unlink(path) }
      state.paths = []
      state.isClosed = true
    }
  }
}
