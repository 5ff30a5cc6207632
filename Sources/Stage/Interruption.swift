// Ctrl-C and its kin: either the process cleans up and ends at once, or the work is told to stop.

import Glibc
import Synchronization

/// Whether the user asked the work to stop. Read it between steps; safe from any thread.
public final class Interruption: Sendable {
  private let number = Atomic<Int32>(0)

  init() {}

  /// Whether a signal arrived after `StageRun.catchInterrupts()`.
  public var isRequested: Bool { number.load(ordering: .relaxed) != 0 }

  /// The exit code that a shell expects after the signal: 130 for Ctrl-C, 143 for termination.
  var exitCode: Int32 { 128 + number.load(ordering: .relaxed) }

  /// Whether this request is the first.
  func request(_ signal: Int32) -> Bool {
    number.compareExchange(expected: 0, desired: signal, ordering: .relaxed).exchanged
  }
}

/// Waits for SIGINT, SIGTERM and SIGHUP on a thread of its own. The signals' handler only passes the number
/// on through a pipe, so it is safe wherever it strikes, threads that libraries start before `main` included.
///
/// Signals within a second of one another are one wish: `timeout` and job schedulers send each to the process
/// and again to its group.
enum SignalWatch {
  private static let pauseBetweenWishes: Int64 = 1_000_000_000

  /// Calls `onSignal` with each signal's number, on the watching thread. Signals that the caller had ignored
  /// (`nohup`, a background job of a script) stay ignored.
  static func start(_ onSignal: @escaping @Sendable (Int32) -> Void) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (readEnd, writeEnd) = (ends[0], ends[1])
    wakeDescriptor.store(writeEnd, ordering: .relaxed)
    endsAt.store(.max, ordering: .relaxed)
    guard startThread({ watch(readEnd, onSignal) }) else { return }
    for signal in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(signal) { install(signal) }
  }

  /// Lets the next wish to end, a second from now or later, end the process at once, whatever hangs.
  static func endAtNextWish() {
    endsAt.store(monotonicNanoseconds() + pauseBetweenWishes, ordering: .relaxed)
  }

  private static func watch(_ descriptor: Int32, _ onSignal: (Int32) -> Void) {
    var last = Int64.min
    while let signal = nextSignal(descriptor) {
      let now = monotonicNanoseconds()
      guard last == .min || now - last >= pauseBetweenWishes else { continue }
      last = now
      onSignal(signal)
    }
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

  private static func nextSignal(_ descriptor: Int32) -> Int32? {
    var byte: UInt8 = 0
    while true {
      let count = read(descriptor, &byte, 1)
      if count == 1 { return Int32(byte) }
      guard count < 0, errno == EINTR else { return nil }
    }
  }
}

// What the handler reads. Both are touched before it is installed, so that it never initialises them.

/// Where the handler writes.
private let wakeDescriptor = Atomic<Int32>(-1)
/// From when on, in nanoseconds of the clock that is never set, a signal ends the process.
private let endsAt = Atomic(Int64.max)

private func passOn(_ number: Int32) {
  let saved = errno
  if monotonicNanoseconds() > endsAt.load(ordering: .relaxed) { _exit(128 + number) }
  var byte = UInt8(truncatingIfNeeded: number)
  _ = write(wakeDescriptor.load(ordering: .relaxed), &byte, 1)
  errno = saved
}
