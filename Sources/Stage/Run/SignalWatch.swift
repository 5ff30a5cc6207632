// Ctrl-C and the other signals that ask a process to end.

import Glibc
import Synchronization
import SystemPackage
import Threads

/// Waits for SIGINT, SIGTERM and SIGHUP on a separate thread. The signal handler only writes the number to a pipe, so
/// it is safe on any thread, including those that libraries start before `main`.
///
/// Signals within a second of one another count as one: `timeout` and job schedulers send a signal to the process and
/// again to its group.
enum SignalWatch {
  /// In nanoseconds.
  private static let signalDebounce: Int64 = 1_000_000_000

  /// Calls `onSignal` with each signal's number, on the watching thread. Signals that the caller had ignored
  /// (`nohup`, a background job of a script) stay ignored.
  static func start(_ onSignal: @escaping @Sendable (Int32) -> Void) {
    guard let pipe = try? FileDescriptor.pipe() else { return }
    for end in [pipe.readEnd, pipe.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
    wakeDescriptor.store(pipe.writeEnd.rawValue, ordering: .relaxed)
    endsAt.store(.max, ordering: .relaxed)
    settledCode.store(unsettled, ordering: .relaxed)
    // If the main thread is blocked in a system call, the watching thread receives the signals.
    guard let thread = WorkerThread(handlesSignals: true, { watch(pipe.readEnd, onSignal) }) else { return }
    thread.detach()
    for signal in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(signal) { install(signal) }
  }

  /// Makes the next signal, a second from now or later, end the process immediately, even if a thread is blocked.
  static func endAtNextSignal() {
    endsAt.store(monotonicNanoseconds() + signalDebounce, ordering: .relaxed)
  }

  /// Makes a signal that ends the process immediately end it with `code`: the outcome is known, and only its entry in the
  /// registry is not complete.
  static func settle(_ code: Int32) { settledCode.store(code, ordering: .relaxed) }

  private static func watch(_ descriptor: FileDescriptor, _ onSignal: (Int32) -> Void) {
    unblockSignals()
    var last = Int64.min
    while let signal = nextSignal(descriptor) {
      let now = monotonicNanoseconds()
      guard last == .min || now - last >= signalDebounce else { continue }
      last = now
      onSignal(signal)
    }
  }

  /// Lets this thread receive the signals, although the process that started this one may have blocked them: threads of
  /// libraries such as libdispatch do, and nobody could end a service that they start.
  private static func unblockSignals() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  private static func install(_ number: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { passOn($0) }
    action.sa_flags = SA_RESTART
    sigemptyset(&action.sa_mask)
    sigaction(number, &action, nil)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func nextSignal(_ descriptor: FileDescriptor) -> Int32? {
    var byte: UInt8 = 0
    let count = withUnsafeMutableBytes(of: &byte) { bytes in try? descriptor.read(into: bytes) }
    return count == 1 ? Int32(byte) : nil
  }
}

// The variables that the handler reads. All are accessed before it is installed, so that it never initializes them.

/// The pipe to which the handler writes.
private let wakeDescriptor = Atomic<Int32>(-1)
/// The time on the monotonic clock, in nanoseconds, from which on a signal ends the process.
private let endsAt = Atomic(Int64.max)
/// The exit code of the run, once its outcome is known.
private let settledCode = Atomic(unsettled)
private let unsettled: Int32 = -1

private func passOn(_ number: Int32) {
  let saved = errno
  if monotonicNanoseconds() > endsAt.load(ordering: .relaxed) {
    let code = settledCode.load(ordering: .relaxed)
    _exit(code == unsettled ? 128 + number : code)
  }
  var byte = UInt8(truncatingIfNeeded: number)
  _ = write(wakeDescriptor.load(ordering: .relaxed), &byte, 1)
  errno = saved
}
