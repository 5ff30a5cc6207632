// The calls on descriptors that swift-system lacks: flushing and locking.

import Glibc
import SystemPackage

extension FileDescriptor {
  /// Flushes a file to disk; does nothing for pipes and devices, which have no disk.
  public func synchronize() throws(Errno) {
    while fsync(rawValue) != 0 {
      let error = Errno.last
      if [.invalidArgument, .readOnlyFileSystem, .notSupported].contains(error) { return }
      guard error == .interrupted else { throw error }
    }
  }

  /// Tries to acquire an exclusive advisory lock on the file without waiting. The system releases it when the
  /// descriptor is closed, even if the process is killed.
  /// - Returns: whether the lock was acquired.
  /// - Throws: `Errno`, if the file can't be locked at all.
  public func tryLock() throws(Errno) -> Bool {
    while flock(rawValue, LOCK_EX | LOCK_NB) != 0 {
      let error = Errno.last
      if error == .wouldBlock { return false }
      guard error == .interrupted else { throw error }
    }
    return true
  }

  /// Acquires an exclusive advisory lock on the file, waiting while another process holds it.
  public func lock() throws(Errno) {
    while flock(rawValue, LOCK_EX) != 0 {
      let error = Errno.last
      guard error == .interrupted else { throw error }
    }
  }
}

/// Flushes a directory, so that a new name in it survives a crash.
public func synchronizeDirectory(_ path: String) throws(Errno) {
  try withErrno {
    let directory = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
    try directory.closeAfter { try directory.synchronize() }
  }
}
