// What reading a file may cost. HDF5 joins its structures by addresses, so that a small damaged or malicious file can
// have thousands of objects share one long header, name or heap, and each would be read again for every object. Every
// byte that is read is therefore charged to a budget in proportion to the file's size: ordinary files, in which each
// structure has one owner, are read about twice.

import Failures
import Synchronization

/// The bytes that may still be read from one file's structures.
final class HDF5Budget: Sendable {
  private let left: Mutex<Int>

  /// How many times the size of the file may be read.
  private static let readings = 8
  /// What small files may cost in addition.
  private static let minimum = 1 << 16

  /// - Parameter fileSize: the file's size in bytes.
  init(fileSize: Int) { left = Mutex(fileSize * Self.readings + Self.minimum) }

  /// Charges the reading of `bytes` bytes.
  /// - Throws: `Failure` (data) if the file has used up its budget.
  func spend(_ bytes: Int) throws(Failure) {
    let remaining = left.withLock { left in
      left -= min(bytes, left + 1)
      return left
    }
    guard remaining >= 0 else {
      throw HDF5Cursor.damaged("its objects refer to the same bytes again and again")
    }
  }
}
