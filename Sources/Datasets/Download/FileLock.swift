// A lock file for one process at a time, released by the system however the process ends.

import Failures
import Glibc
import OperatingSystem
import SystemPackage

/// An exclusive lock on a path, held for the lifetime of the value.
final class FileLock {
  private let file: OpenFile

  /// Waits for the lock.
  /// - Parameters:
  ///   - path: the lock file, created if it is missing and removed with the lock.
  ///   - onWait: called once if another process holds it.
  init(_ path: String, onWait: () -> Void) throws(Failure) {
    var hasWaited = false
    while true {
      let file = try OpenFile(writing: path)
      do throws(Errno) {
        if try !file.descriptor.tryLock() {
          if !hasWaited { onWait() }
          hasWaited = true
          try file.descriptor.lock()
        }
      } catch {
        throw Failure(.io, "can't be locked: \(error.text)", at: path)
      }
      // The previous owner may have removed this file between our opening and locking it.
      if try FileLock.isCurrent(file) {
        self.file = file
        return
      }
    }
  }

  deinit { unlink(file.path) }

  private static func isCurrent(_ file: OpenFile) throws(Failure) -> Bool {
    guard let named = try? Stat(file.path) else { return false }
    let open = try file.status()
    return open.inode == named.inode && open.deviceID == named.deviceID
  }
}
