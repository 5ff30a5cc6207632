// A signal's request to stop, for work that has something to save.

import Synchronization

/// Whether the user requested the work to stop. Check it between steps. Thread-safe.
public final class Interruption: Sendable {
  private let number = Atomic<Int32>(0)

  init() {}

  /// Whether a signal arrived after `StageRun.catchInterrupts()`.
  public var isRequested: Bool { number.load(ordering: .relaxed) != 0 }

  /// The exit code that a shell expects after the signal: 130 for Ctrl-C, 143 for termination.
  package var exitCode: Int32 { 128 + number.load(ordering: .relaxed) }

  /// Whether this request is the first.
  func request(_ signal: Int32) -> Bool {
    number.compareExchange(expected: 0, desired: signal, ordering: .relaxed).exchanged
  }
}
