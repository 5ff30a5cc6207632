// Threads beside the main one.

import Glibc

/// A thread that works beside the one that started it.
public struct WorkerThread: Sendable {
  private let thread: pthread_t

  /// Starts `body`; nil if the system has no thread to give.
  /// - Parameter handlesSignals: whether the process's signals may interrupt it. They stay with the threads that
  ///   expect them otherwise.
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

  /// Waits for its end; to be called once, or `detach()`.
  public func join() { pthread_join(thread, nil) }

  /// Lets it end by itself.
  public func detach() { pthread_detach(thread) }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}

/// Runs `body` with all signals blocked; a thread that it starts keeps them blocked.
private func withSignalsBlocked<Result>(_ body: () -> Result) -> Result {
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  return body()
}
