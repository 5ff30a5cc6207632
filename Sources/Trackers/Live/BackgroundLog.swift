// Sends the values of a running run to a tracker on a thread of its own. The run never waits for it, except for a moment
// at its end; what could not be sent then is reported.

import Dispatch
import Failures
import Synchronization
import Threads

/// What was not delivered.
public struct Undelivered: Sendable, Equatable {
  /// The number of values, and of those that were measured.
  public let values: Int, ofValues: Int
  /// Why.
  public let problem: String
}

/// A queue of values, and the thread that sends them.
public final class BackgroundLog: Sendable {
  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let capacity: Int

  private struct State: Sendable {
    var waiting = RunPart(parameters: [:], metrics: [])
    var measured = 0
    var delivered = 0
    /// Whether there is a thread, whether it has sent something, waits for more, and has ended.
    var hasBegun = false, hasSent = false, isIdle = false, hasEnded = false
    var isFinishing = false
    var problem: Failure?
    /// When the delivery in progress began.
    var sendingSince: ContinuousClock.Instant?
  }

  /// The most values that wait: more than a day of training measures, in a few megabytes.
  private static let usualCapacity = 100_000
  /// The number of seconds in which a tracker that works must take a part of what is left at the end, and all of it.
  private static let lastMoments = 2.0
  private static let mostLastMoments = 5.0
  /// The same for a tracker that has not answered before.
  private static let lastMomentsOfSilent = 0.3
  /// The number of seconds after which a delivery is taken for one that hangs.
  private static let promptness = 2.0
  /// Seconds until a delivery that failed is tried again, at first and at last.
  private static let shortestPause = 1.0
  private static let longestPause = 30.0

  /// Nothing is sent before `begin`.
  /// - Parameter capacity: the most values that wait.
  public init(capacity: Int? = nil) { self.capacity = capacity ?? Self.usualCapacity }

  /// Adds a parameter.
  public func parameter(_ key: String, _ value: String) {
    state.withLock { $0.waiting.parameters[key] = value }
  }

  /// Adds a value; if too many are waiting, it is dropped, and counted as not delivered.
  public func metric(_ metric: TrackedMetric) {
    let wakes = state.withLock { state in
      state.measured += 1
      guard !state.hasEnded, state.waiting.metrics.count < capacity else { return false }
      state.waiting.metrics.append(metric)
      defer { state.isIdle = false }
      return state.isIdle
    }
    if wakes { wake.signal() }
  }

  /// Starts to send.
  /// - Parameter make: makes the destination, on its thread.
  public func begin(_ make: @escaping @Sendable () -> any RunDestination) {
    state.withLock { $0.hasBegun = true }
    let thread = WorkerThread {
      self.work(make())
      self.state.withLock { $0.hasEnded = true }
      self.ended.signal()
    }
    guard let thread else {
      return state.withLock {
        ($0.hasEnded, $0.problem) = (true, Failure(.software, "no thread can be started"))
      }
    }
    thread.detach()
  }

  /// Adds the end, and waits a moment for the rest to be sent.
  /// - Returns: what was not delivered; nil if all was, or nothing has begun.
  public func finish(_ end: TrackedEnd) -> Undelivered? {
    let (hasBegun, patience) = state.withLock { state in
      state.waiting.end = end
      state.isFinishing = true
      return (state.hasBegun, Self.patience(state))
    }
    guard hasBegun else { return nil }
    wake.signal()
    awaitEnd(patience)
    return state.withLock { state in
      let isComplete = state.waiting.end == nil && state.delivered == state.measured
      return isComplete
        ? nil
        : Undelivered(
          values: state.measured - state.delivered, ofValues: state.measured,
          problem: state.problem?.problem ?? "the tracker has not answered in time")
    }
  }

  /// Waits as long as something is being delivered.
  private func awaitEnd(_ patience: Double) {
    let deadline = DispatchTime.now() + Self.mostLastMoments
    var delivered = -1
    while case let now = state.withLock({ $0.delivered }), now > delivered {
      delivered = now
      if ended.wait(timeout: min(deadline, .now() + patience)) == .success { return }
    }
  }

  private static func patience(_ state: State) -> Double {
    if state.hasEnded { return 0 }
    let hangs = state.sendingSince.map { ContinuousClock.now - $0 > .seconds(promptness) } ?? false
    return hangs || state.problem != nil ? lastMomentsOfSilent : lastMoments
  }

  // MARK: The thread

  private func work(_ destination: any RunDestination) {
    var pause = Self.shortestPause
    while true {
      let part = next(destination.mostValues)
      do throws(DeliveryError) {
        try destination.send(part)
        if deliver(part) { return }
        pause = Self.shortestPause
        if part.metrics.count < destination.mostValues { rest(destination.interval) }
      } catch {
        if fail(error) { return }
        rest(pause)
        pause = min(pause * 2, Self.longestPause)
      }
    }
  }

  /// Waits for something to send; the first part, which announces the run, needs no values.
  private func next(_ mostValues: Int) -> RunPart {
    while true {
      let found = state.withLock { state -> RunPart? in
        state.isIdle = state.hasSent && state.waiting.metrics.isEmpty && state.waiting.end == nil
        guard !state.isIdle else { return nil }
        state.sendingSince = .now
        var part = state.waiting
        part.metrics = Array(part.metrics.prefix(mostValues))
        if part.metrics.count < state.waiting.metrics.count { part.end = nil }
        return part
      }
      if let found { return found }
      wake.wait()
    }
  }

  /// Takes note of a delivery.
  /// - Returns: whether it was the last one.
  private func deliver(_ part: RunPart) -> Bool {
    state.withLock { state in
      state.waiting.metrics.removeFirst(part.metrics.count)
      state.delivered += part.metrics.count
      if part.end != nil { state.waiting.end = nil }
      (state.problem, state.sendingSince, state.hasSent) = (nil, nil, true)
      return part.end != nil
    }
  }

  /// Takes note of a failure.
  /// - Returns: whether nothing more is tried.
  private func fail(_ error: DeliveryError) -> Bool {
    state.withLock { state in
      (state.problem, state.sendingSince) = (error.failure, nil)
      return !error.isTransient || state.isFinishing
    }
  }

  private func rest(_ seconds: Double) {
    if !state.withLock({ $0.isFinishing }) { _ = wake.wait(timeout: .now() + seconds) }
  }
}
