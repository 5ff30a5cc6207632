// One value on its way from one thread to another, and threads that don't take the process's signals.

import Glibc

/// Room for one value between two threads. Everything mutable is used under the mutex.
final class Handover<Value: Sendable>: @unchecked Sendable {
  /// Thrown to who hands over what nobody takes any more.
  struct Abandoned: Error {}

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var waiting: Value?
  private var taken = 0
  private var passed = 0
  private var isClosed = false
  private var firstError: (any Error)?

  init() {
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
  var error: (any Error)? { locked { firstError } }

  /// Hands over a value, waiting while another one waits.
  /// - Throws: what went wrong on the other side; `Abandoned` where nobody takes values any more.
  func put(_ value: Value) throws {
    try locked {
      wait { waiting != nil && !isClosed }
      if isClosed { throw firstError ?? Abandoned() }
      waiting = value
    }
  }

  /// The next value and its number, waiting for it; nil when there will be none.
  func take() -> (value: Value, number: Int)? {
    locked {
      wait { waiting == nil && !isClosed }
      guard let value = waiting, firstError == nil else { return nil }
      waiting = nil
      taken += 1
      return (value, taken - 1)
    }
  }

  /// Runs `body` for the value of a number when all before it have had their turn; not after a failure.
  func inTurn(_ number: Int, _ body: () throws -> Void) rethrows {
    guard
      locked({
        wait { passed < number && firstError == nil }; return firstError == nil
      })
    else { return }
    try body()
    locked { passed += 1 }
  }

  /// Nothing more will come, or can be taken.
  /// - Parameter error: why, where something went wrong. What waits is then not wanted.
  func close(_ error: (any Error)? = nil) {
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

/// A thread that works beside the one that began it. Signals stay with the threads that expect them.
struct WorkThread {
  private let thread: pthread_t

  /// Nil where the system gives no thread.
  init?(_ body: @escaping @Sendable () -> Void) {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body))
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits for its end; to be called once, or `detach()`.
  func join() { pthread_join(thread, nil) }

  /// Lets it end by itself.
  func detach() { pthread_detach(thread) }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
