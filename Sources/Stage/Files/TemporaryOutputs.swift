// The unfinished output files of this process, which are removed after a failure or a signal.

import Glibc
import OperatingSystem
import Synchronization
import SystemPackage

/// Temporary files that are renamed when they are complete. Thread-safe.
final class TemporaryOutputs: Sendable {
  /// The process's only collection, since a signal affects all files.
  static let shared = TemporaryOutputs()

  private struct State {
    var paths: Set<String> = []
    var isClosed = false
  }
  private let state = Mutex(State())

  /// Creates the new file `path` for writing and registers it.
  func create(_ path: String, permissions: FilePermissions) throws -> FileDescriptor {
    try state.withLock { state in
      guard !state.isClosed else { throw Errno.interrupted }
      let descriptor = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions)
      state.paths.insert(path)
      return descriptor
    }
  }

  /// Replaces the output with the temporary file: other processes see either the old file or the complete new one.
  func publish(_ path: String, as target: String) throws {
    try state.withLock { state in
      guard !state.isClosed else { throw Errno.interrupted }
      guard rename(path, target) == 0 else { throw Errno.last }
      state.paths.remove(path)
    }
  }

  /// Removes a temporary file, unless it has been published.
  func discard(_ path: String) {
    state.withLock { state in
      if state.paths.remove(path) != nil { unlink(path) }
    }
  }

  /// Removes all files and prevents new ones, because the process is about to end.
  func close() {
    state.withLock { state in
      for path in state.paths { unlink(path) }
      state.paths = []
      state.isClosed = true
    }
  }
}
