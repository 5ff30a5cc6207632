// How long a locked registry may keep its user waiting. All pauses count together, those of every statement, of opening
// the file and of the writers' gate, so that the limit holds for the whole and not for each.

import Glibc
import Synchronization

/// The time that is left for waiting.
final class WaitingTime: Sendable {
  /// The most seconds to wait.
  private let limit: Double
  private let state = Mutex(State())

  private struct State: Sendable {
    var waited = Duration.zero
    var isLast = false
  }

  /// - Parameter limit: seconds.
  init(limit: Double) { self.limit = limit }

  /// Sleeps for `microseconds`, unless the time is used up.
  /// - Returns: whether it slept, and trying again makes sense.
  func pause(microseconds: UInt32) -> Bool {
    guard state.withLock({ $0.waited < .seconds(limit) }) else { return false }
    let start = ContinuousClock.now
    usleep(microseconds)
    let slept = ContinuousClock.now - start
    state.withLock { $0.waited += slept }
    return true
  }

  /// Gives the next piece of work the whole time again; does nothing after `startLast`.
  func restart() { state.withLock { if !$0.isLast { $0.waited = .zero } } }

  /// Gives what is going on and all further work together the whole time, once.
  func startLast() { state.withLock { $0 = State(isLast: true) } }
}
