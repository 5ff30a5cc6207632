// The maximum time to wait for a locked registry. The pauses of all statements, of opening the file and of the writers'
// gate are added up, so that the limit applies to their total.

import Glibc
import Synchronization

/// The remaining time for waiting.
final class WaitingTime: Sendable {
  /// The maximum number of seconds to wait.
  private let limit: Double
  private let state = Mutex(State())

  private struct State: Sendable {
    var waited = Duration.zero
    var isLast = false
  }

  /// - Parameter limit: the maximum number of seconds to wait.
  init(limit: Double) { self.limit = limit }

  /// Sleeps for `microseconds`, unless the time is used up.
  /// - Returns: whether it slept, so that another attempt makes sense.
  func pause(microseconds: UInt32) -> Bool {
    guard state.withLock({ $0.waited < .seconds(limit) }) else { return false }
    let start = ContinuousClock.now
    usleep(microseconds)
    let slept = ContinuousClock.now - start
    state.withLock { $0.waited += slept }
    return true
  }

  /// Resets the time for the next piece of work; does nothing after `startLast`.
  func restart() { state.withLock { if !$0.isLast { $0.waited = .zero } } }

  /// Resets the time a last time, for the current and all further work together.
  func startLast() { state.withLock { $0 = State(isLast: true) } }
}
