// Threads in addition to the main one.

import Glibc

/// A thread that works in parallel with the one that started it.
public struct WorkerThread: Sendable {
  private let thread: pthread_t

  /// Starts `body`; nil if no thread can be started.
  /// - Parameter handlesSignals: whether the process's signals may interrupt it; otherwise they are delivered to the
  ///   threads that expect them.
  public init?(handlesSignals: Bool = false, _ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body))
    let start = { () -> Int32 in
      pthread_create(
        &thread, nil,
        { argument in
          if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
          return nil
        }, work.toOpaque())
    }
    guard (handlesSignals ? start() : withSignalsBlocked(start)) == 0 else {
      work.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits for the thread to end; call either this or `detach()`, once.
  public func join() { pthread_join(thread, nil) }

  /// Lets the thread run without waiting for its end.
  public func detach() { pthread_detach(thread) }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}

/// Runs `body` with all signals blocked; threads that it starts inherit this.
private func withSignalsBlocked<Result>(_ body: () -> Result) -> Result {
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  return body()
}
