// Handing values from one thread to others, in order.

import Glibc

/// A channel with room for one value. Any thread may send, any may receive.
public final class Channel<Value: Sendable>: @unchecked Sendable {
  // Everything mutable is used under the mutex.

  /// Thrown to who sends what nobody receives any more.
  public struct Abandoned: Error {
    /// The one value.
    public init() {}
  }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var waiting: Value?
  private var received = 0
  private var processed = 0
  private var isClosed = false
  private var firstError: (any Error)?

  /// An open, empty channel.
  public init() {
    mutex = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// What went wrong on either side.
  public var error: (any Error)? { locked { firstError } }

  /// Sends a value, waiting while another one waits.
  /// - Throws: what went wrong on the other side; `Abandoned` if nobody receives values any more.
  public func send(_ value: Value) throws {
    try locked {
      wait { waiting != nil && !isClosed }
      if isClosed { throw firstError ?? Abandoned() }
      waiting = value
    }
  }

  /// Waits for the next value.
  /// - Returns: the value and its number, counted from 0; nil when there will be none.
  public func receive() -> (value: Value, number: Int)? {
    locked {
      wait { waiting == nil && !isClosed }
      guard let value = waiting, firstError == nil else { return nil }
      waiting = nil
      received += 1
      return (value, received - 1)
    }
  }

  /// Runs `body` for the value of a number once all earlier values have had their turn; not after a failure.
  public func inOrder(_ number: Int, _ body: () throws -> Void) rethrows {
    let isWanted = locked {
      wait { processed < number && firstError == nil }
      return firstError == nil
    }
    guard isWanted else { return }
    try body()
    locked { processed += 1 }
  }

  /// Ends the channel: nothing more is sent, or received.
  /// - Parameter error: why, if something went wrong. A value that still waits is then dropped.
  public func close(_ error: (any Error)? = nil) {
    locked {
      isClosed = true
      firstError = firstError ?? error
    }
  }

  private func wait(while isToWait: () -> Bool) {
    while isToWait() { pthread_cond_wait(changed, mutex) }
  }

  private func locked<T>(_ body: () throws -> T) rethrows -> T {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
    return try body()
  }
}
