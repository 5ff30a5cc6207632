// How far an input has been read. A run that fails is recorded while another thread may still be reading, and its progress
// is published by a third.

import Synchronization

/// The bytes of an input that have been read. Thread-safe.
final class InputProgress: Sendable {
  private let state = Mutex(State())
  /// The size of a regular file; nil for a pipe.
  let size: Int?

  private struct State {
    var bytesRead = 0
    var sha256: String?
  }

  init(size: Int?) { self.size = size }

  /// The number of bytes read so far.
  var bytesRead: Int { state.withLock { $0.bytesRead } }

  /// The SHA-256 of the bytes in hexadecimal, once all of them were read.
  var sha256: String? {
    get { state.withLock { $0.sha256 } }
    set { state.withLock { $0.sha256 = newValue } }
  }

  /// Adds `count` bytes.
  /// - Returns: how many there are now.
  func add(_ count: Int) -> Int {
    state.withLock { state in
      state.bytesRead += count
      return state.bytesRead
    }
  }
}
