// What a stage publishes of its progress: that of its progress bar, whether it is drawn or not, and the bytes of its
// inputs that have been read.

import Registry
import Synchronization

/// Collects the progress of a run, and has it published once a second. Thread-safe.
final class ProgressBoard: Sendable {
  private let publisher: ProgressPublisher
  private let state = Mutex(State())

  private struct State: Sendable {
    /// What is being done, and since when.
    var current: RunProgress?
    var started = 0.0
    var inputs: [InputProgress] = []
  }

  init(_ location: RegistryLocation, run: String) {
    publisher = ProgressPublisher(location, run: run)
    publisher.publish { [weak self] in self?.snapshot }
  }

  /// Adds an input.
  func add(_ input: InputProgress) { state.withLock { $0.inputs.append(input) } }

  /// Sets what is being done.
  /// - Parameter started: when it began, in seconds of the monotonic clock.
  func report(_ progress: RunProgress, started: Double) {
    state.withLock { ($0.current, $0.started) = (progress, started) }
  }

  /// Ends publishing.
  func close() { publisher.close() }

  private var snapshot: RunProgress? {
    let state = state.withLock { $0 }
    let input =
      state.inputs.contains { $0.size == nil } ? nil : state.inputs.max { ($0.size ?? 0) < ($1.size ?? 0) }
    let known = input.flatMap { input in input.size.map { RunProgress.Input(read: input.bytesRead, size: $0) }
    }
    guard var progress = state.current else { return reading(state, known) }
    progress.seconds = monotonicSeconds() - state.started
    progress.input = known
    return progress
  }

  /// The progress of a stage that has no progress bar.
  private func reading(_ state: State, _ input: RunProgress.Input?) -> RunProgress? {
    guard !state.inputs.isEmpty else { return nil }
    let seconds = monotonicSeconds() - created
    if let input {
      return RunProgress("reading", amount: input.read, total: input.size, isBytes: true, seconds: seconds)
    }
    let read = state.inputs.reduce(0) { $0 + ($1.size == nil ? $1.bytesRead : 0) }
    return RunProgress("reading", amount: read, isBytes: true, seconds: seconds)
  }

  private let created = monotonicSeconds()
}
