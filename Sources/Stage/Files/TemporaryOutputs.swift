// The unfinished output files of this process, so that a failure or a signal leaves none of them behind.

import Glibc
import OperatingSystem
import Synchronization
import SystemPackage

/// Temporary files that become outputs by being renamed. Safe from any thread.
final class TemporaryOutputs: Sendable {
  /// The process's only collection: a signal concerns all of them.
  static let shared = TemporaryOutputs()

  private struct State {
    var paths: Set<String> = []
    var isClosed = false
  }
  private let state = Mutex(State())

  /// Creates `path`, which must not exist yet, for writing, and remembers it.
  func create(_ path: String, permissions: FilePermissions) throws -> FileDescriptor {
    try state.withLock { state in
      guard !state.isClosed else { throw Errno.interrupted }
      let descriptor = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions)
      state.paths.insert(path)
      return descriptor
    }
  }

  /// Replaces the output by the temporary file: others see either the old file or the whole new one.
  func publish(_ path: String, as target: String) throws {
    try state.withLock { state in
      guard !state.isClosed else { throw Errno.interrupted }
      guard rename(path, target) == 0 else { throw Errno.last }
      state.paths.remove(path)
    }
  }

  /// Removes a temporary file, unless it was published.
  func discard(_ path: String) {
    state.withLock { state in
      if state.paths.remove(path) != nil { unlink(path) }
    }
  }

  /// Removes all of them and prevents new ones: the process is about to end.
  func close() {
    state.withLock { state in
      for path in state.paths { unlink(path) }
      state.paths = []
      state.isClosed = true
    }
  }
}
