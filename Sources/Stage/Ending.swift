// The end of the process, which the work and a signal may both want to bring about: one of them does.

import Glibc
import Synchronization

/// Ends a run once, whichever thread comes first.
final class Ending: Sendable {
  private let recording: Recording
  private let interruption: Interruption
  private let catches = Atomic(false)
  private let hasBegun = Atomic(false)

  init(recording: Recording, interruption: Interruption) {
    self.recording = recording
    self.interruption = interruption
    SignalWatch.start { [weak self] in self?.handle($0) }
  }

  /// Lets the first signal set the interruption's flag only.
  func catchInterrupts() { catches.store(true, ordering: .relaxed) }

  /// Records the outcome; returns what to warn of. Never returns where a signal already ends the process.
  func end(_ outcome: Outcome) -> [String] {
    guard begin() else {
      while true { pause() }
    }
    return recording.end(outcome)
  }

  private func begin() -> Bool {
    hasBegun.compareExchange(expected: false, desired: true, ordering: .sequentiallyConsistent).exchanged
  }

  private func handle(_ signal: Int32) {
    if catches.load(ordering: .relaxed), interruption.request(signal) { return }
    SignalWatch.endAtNextWish()
    guard begin() else { return }
    Temporaries.shared.close()
    if Terminal.redraws { try? Descriptor.write(Array("\r\u{1B}[K".utf8), to: 2) }
    _ = recording.end(.interrupted(code: 128 + signal))
    _exit(128 + signal)
  }
}
