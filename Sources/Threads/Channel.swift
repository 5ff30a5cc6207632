// Passing values from one thread to others, in order.

import Glibc

/// A channel with room for one value. Any thread may send and receive.
public final class Channel<Value: Sendable>: @unchecked Sendable {
  // All mutable state is protected by the mutex.

  /// Thrown to a sender when there are no receivers left.
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

  /// The error of either side.
  public var error: (any Error)? { locked { firstError } }

  /// Sends a value, waiting until an earlier one has been received.
  /// - Throws: the error of the other side; `Abandoned` if there are no receivers left.
  public func send(_ value: Value) throws {
    try locked {
      wait { waiting != nil && !isClosed }
      if isClosed { throw firstError ?? Abandoned() }
      waiting = value
    }
  }

  /// Waits for the next value.
  /// - Returns: the value and its number, counted from 0; nil when there are no more.
  public func receive() -> (value: Value, number: Int)? {
    locked {
      wait { waiting == nil && !isClosed }
      guard let value = waiting, firstError == nil else { return nil }
      waiting = nil
      received += 1
      return (value, received - 1)
    }
  }

  /// Runs `body` for the value with this number after the turns of all earlier values; does nothing after a failure.
  public func inOrder(_ number: Int, _ body: () throws -> Void) rethrows {
    let isWanted = locked {
      wait { processed < number && firstError == nil }
      return firstError == nil
    }
    guard isWanted else { return }
    try body()
    locked { processed += 1 }
  }

  /// Closes the channel: nothing more can be sent or received.
  /// - Parameter error: the reason, if it is an error. A value that has not been received is then discarded.
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
