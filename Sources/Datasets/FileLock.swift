// One process at a time: a lock file that the system lets go of whatever happens to the process.

import Failures
import Glibc

/// An exclusive lock on a path, held while the value lives.
final class FileLock {
  private let file: DescriptorFile

  /// Waits for the lock.
  /// - Parameters:
  ///   - path: the lock file, made where it is missing and removed with the lock.
  ///   - onWait: called once where another process holds it.
  init(_ path: String, onWait: () -> Void) throws(Failure) {
    var hasWaited = false
    while true {
      let file = try DescriptorFile(writing: path)
      if flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
        if !hasWaited { onWait() }
        hasWaited = true
        try FileLock.wait(for: file)
      }
      // The one before may have removed this file between our opening and locking it.
      if FileLock.isCurrent(file) {
        self.file = file
        return
      }
    }
  }

  deinit { unlink(file.path) }

  private static func wait(for file: DescriptorFile) throws(Failure) {
    while flock(file.descriptor, LOCK_EX) != 0 {
      if errno != EINTR { throw Failure(.io, "can't be locked: \(systemError())", at: file.path) }
    }
  }

  private static func isCurrent(_ file: DescriptorFile) -> Bool {
    var (mine, named) = (stat(), stat())
    guard fstat(file.descriptor, &mine) == 0, stat(file.path, &named) == 0 else { return false }
    return mine.st_ino == named.st_ino && mine.st_dev == named.st_dev
  }
}
