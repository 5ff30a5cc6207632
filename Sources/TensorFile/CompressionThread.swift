// A second thread that compresses and writes documents while the next one is being made. Documents go
// through in order and each frame depends on its document alone, so the bytes don't depend on timing.

import Glibc

/// Runs a frame writer on a thread of its own, at most one document ahead.
final class CompressionThread {
  private let shared: Shared
  private let thread: pthread_t

  /// Nil where the system gives no thread; the caller then does the work itself.
  init?(_ frames: FrameWriter) {
    shared = Shared(frames)
    guard let thread = CompressionThread.start(shared) else { return nil }
    self.thread = thread
  }

  /// Hands over a document, waiting while another one waits.
  /// - Throws: what went wrong with an earlier one.
  func write(_ document: [UInt8]) throws { try shared.put(document) }

  /// Waits until everything was written and ends the thread.
  /// - Throws: what went wrong.
  func finish() throws {
    shared.close()
    join()
    if let error = shared.error { throw error }
  }

  private var isJoined = false

  private func join() {
    guard !isJoined else { return }
    isJoined = true
    pthread_join(thread, nil)
  }

  deinit {
    shared.abandon()
    join()
  }

  /// Signals stay with the threads that expect them.
  private static func start(_ shared: Shared) -> pthread_t? {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(shared)
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Shared>.fromOpaque(argument).takeRetainedValue().work()
        return nil
      }, argument.toOpaque())
    guard code == 0 else {
      argument.release()
      return nil
    }
    return thread
  }
}

/// What the two threads share. Everything mutable is used under the mutex, except the frame writer, which
/// is the working thread's until it was joined.
private final class Shared: @unchecked Sendable {
  private let frames: FrameWriter
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var waiting: [UInt8]?
  private var isClosed = false
  private var firstError: (any Error)?

  init(_ frames: FrameWriter) {
    self.frames = frames
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

  private func locked<T>(_ body: () throws -> T) rethrows -> T {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  var error: (any Error)? { locked { firstError } }

  func put(_ document: [UInt8]) throws {
    try locked {
      while waiting != nil && firstError == nil { pthread_cond_wait(changed, mutex) }
      if let firstError { throw firstError }
      waiting = document
      pthread_cond_broadcast(changed)
    }
  }

  /// Nothing more will come.
  func close() {
    locked {
      isClosed = true
      pthread_cond_broadcast(changed)
    }
  }

  /// Nothing more will come, and what waits isn't wanted.
  func abandon() {
    locked { waiting = nil }
    close()
  }

  private func take() -> [UInt8]? {
    locked {
      while waiting == nil && !isClosed { pthread_cond_wait(changed, mutex) }
      defer { waiting = nil }
      pthread_cond_broadcast(changed)
      return waiting
    }
  }

  func work() {
    while let document = take() {
      do {
        try frames.write(document)
      } catch {
        fail(error)
        return
      }
    }
  }

  private func fail(_ error: any Error) {
    locked {
      firstError = error
      pthread_cond_broadcast(changed)
    }
  }
}
