// The unfinished output files of this process, which are removed after a failure or a signal. What a killed process
// leaves is removed by the next one that writes to the folder; see `AbandonedOutputs`.

import Glibc
import OperatingSystem
import Synchronization
import SystemPackage

/// Temporary files that are renamed when they are complete. Thread-safe.
final class TemporaryOutputs: Sendable {
  /// The process's only collection, since a signal affects all files.
  static let shared = TemporaryOutputs()

  private struct State {
    /// The files, each with a descriptor that keeps it locked.
    var locks: [String: FileDescriptor] = [:]
    var isClosed = false
    var hasPublished = false

    mutating func forget(_ path: String) -> Bool {
      guard let lock = locks.removeValue(forKey: path) else { return false }
      try? lock.close()
      OutOfMemory.forget(path)
      return true
    }

    mutating func removeAll() {
      for path in locks.keys { unlink(path) }
      isClosed = true
    }
  }
  private let state = Mutex(State())

  /// Creates the new file `path` for writing, locks it and registers it.
  /// - Throws: `Errno`; `fileExists` also if another process took the file for abandoned before it was locked.
  func create(_ path: String, permissions: FilePermissions) throws -> FileDescriptor {
    try state.withLock { state in
      guard !state.isClosed else { throw Errno.interrupted }
      let descriptor = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions)
      do {
        state.locks[path] = try Self.lock(descriptor)
      } catch {
        unlink(path)
        try? descriptor.close()
        throw error
      }
      OutOfMemory.register(path)
      return descriptor
    }
  }

  /// Locks the file until all of its descriptors are closed, where the file system can; returns a second one.
  private static func lock(_ descriptor: FileDescriptor) throws -> FileDescriptor {
    if (try? descriptor.tryLock()) == false { throw Errno.fileExists }
    guard try descriptor.stat().linkCount > 0 else { throw Errno.fileExists }
    let copy = fcntl(descriptor.rawValue, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw Errno.last }
    return FileDescriptor(rawValue: copy)
  }

  /// Replaces the output with the temporary file: other processes see either the old file or the complete new one.
  /// - Parameter isResult: whether it is what the run is for, rather than a checkpoint.
  func publish(_ path: String, as target: String, isResult: Bool) throws {
    try state.withLock { state in
      guard !state.isClosed else { throw Errno.interrupted }
      guard rename(path, target) == 0 else { throw Errno.last }
      if isResult { state.hasPublished = true }
      _ = state.forget(path)
    }
  }

  /// Notes that a result without a temporary file is complete.
  func notePublished() { state.withLock { $0.hasPublished = true } }

  /// Removes a temporary file, unless it has been published.
  func discard(_ path: String) {
    state.withLock { state in
      if state.locks[path] != nil { unlink(path) }
      _ = state.forget(path)
    }
  }

  /// Removes all files and prevents new ones, because the process is about to end.
  func close() { state.withLock { $0.removeAll() } }

  /// Does as `close` and returns true, unless a result has been published.
  func closeUnlessPublished() -> Bool {
    state.withLock { state in
      guard !state.hasPublished else { return false }
      state.removeAll()
      return true
    }
  }
}
