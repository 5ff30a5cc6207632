// The end of the process, which both the work and a signal may cause; only the first one takes effect.

import CLinux
import Glibc
import Synchronization
import SystemPackage

/// Ends a run once, on whichever thread is first.
final class RunShutdown: Sendable {
  private let recording: Recording
  private let interruption: Interruption
  private let catchesInterrupts = Atomic(false)
  private let hasStarted = Atomic(false)
  private let farewell = Mutex<(@Sendable () -> Void)?>(nil)
  private let alarm = Mutex<(@Sendable () -> Void)?>(nil)

  init(recording: Recording, interruption: Interruption) {
    self.recording = recording
    self.interruption = interruption
    SignalWatch.start { [weak self] in self?.handle($0) }
  }

  /// Makes the first signal only set the interruption's flag.
  func catchInterrupts() { catchesInterrupts.store(true, ordering: .relaxed) }

  /// Has `action` performed before a signal ends the process.
  func beforeSignalEnds(_ action: @escaping @Sendable () -> Void) { farewell.withLock { $0 = action } }

  /// Has `action` performed when a signal sets the interruption's flag.
  func whenInterrupted(_ action: @escaping @Sendable () -> Void) { alarm.withLock { $0 = action } }

  /// Makes the work the one that ends the run. Never returns if a signal is already ending the process.
  func begin(_ outcome: Outcome) {
    while !start() { usleep(10_000) }
    SignalWatch.settle(outcome.exitCode)
  }

  /// Records the outcome.
  /// - Returns: the warnings.
  func end(_ outcome: Outcome) -> [String] { recording.end(outcome) }

  private func start() -> Bool {
    hasStarted.compareExchange(expected: false, desired: true, ordering: .sequentiallyConsistent).exchanged
  }

  private func handle(_ signal: Int32) {
    let mayCatch = catchesInterrupts.load(ordering: .relaxed)
    if mayCatch, interruption.request(signal) {
      alarm.withLock { $0 }?()
      return
    }
    SignalWatch.endAtNextSignal()
    guard start() else { return }
    if !TemporaryOutputs.shared.closeUnlessPublished() {
      guard mayCatch || !letWorkEnd() else { return }
      TemporaryOutputs.shared.close()
    }
    interrupt(signal)
  }

  /// A result is complete and stays, so that the work is all but done: it gets the time to end by itself, with the
  /// exit code that belongs to what it has written.
  /// - Returns: whether it has ended.
  private func letWorkEnd() -> Bool {
    hasStarted.store(false, ordering: .sequentiallyConsistent)
    usleep(Self.lastMoments)
    return !start()
  }

  /// The time in microseconds that is left to a run that has published a result.
  private static let lastMoments: UInt32 = 2_000_000

  private func interrupt(_ signal: Int32) {
    farewell.withLock { $0 }?()
    if Terminal.redraws { _ = try? FileDescriptor.standardError.writeAll("\r\u{1B}[K".utf8) }
    _ = recording.end(.interrupted(code: 128 + signal))
    end_process(128 + signal)
  }
}
