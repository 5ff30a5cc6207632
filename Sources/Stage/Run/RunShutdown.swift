// The end of the process, which both the work and a signal may cause; only the first one takes effect.

import Glibc
import Synchronization
import SystemPackage

/// Ends a run once, on whichever thread is first.
final class RunShutdown: Sendable {
  private let recording: Recording
  private let interruption: Interruption
  private let catchesInterrupts = Atomic(false)
  private let hasStarted = Atomic(false)

  init(recording: Recording, interruption: Interruption) {
    self.recording = recording
    self.interruption = interruption
    SignalWatch.start { [weak self] in self?.handle($0) }
  }

  /// Makes the first signal only set the interruption's flag.
  func catchInterrupts() { catchesInterrupts.store(true, ordering: .relaxed) }

  /// Records the outcome. Never returns if a signal is already ending the process.
  /// - Returns: the warnings.
  func end(_ outcome: Outcome) -> [String] {
    guard start() else {
      while true { pause() }
    }
    return recording.end(outcome)
  }

  private func start() -> Bool {
    hasStarted.compareExchange(expected: false, desired: true, ordering: .sequentiallyConsistent).exchanged
  }

  private func handle(_ signal: Int32) {
    if catchesInterrupts.load(ordering: .relaxed), interruption.request(signal) { return }
    SignalWatch.endAtNextSignal()
    guard start() else { return }
    TemporaryOutputs.shared.close()
    if Terminal.redraws { _ = try? FileDescriptor.standardError.writeAll("\r\u{1B}[K".utf8) }
    _ = recording.end(.interrupted(code: 128 + signal))
    _exit(128 + signal)
  }
}
