// Publishes a stage's progress once a second, in the background: the stage only notes how far it is. A stage that is done
// within the first second writes nothing.

import Dispatch
import Synchronization

/// Publishes the progress of a run.
public final class ProgressPublisher: Sendable {
  private let folder: ProgressFolder
  private let run: String
  private let queue = DispatchQueue(label: "progress", qos: .utility)
  private let state = Mutex(State())

  private struct State: Sendable {
    /// What is to be published; nil as long as the stage has not begun with anything.
    var current: (@Sendable () -> RunProgress?)?
    var published: RunProgress?
    var hasWritten = false
    var isClosed = false
  }

  /// The number of seconds between two files, and those that the end of a run waits for a file that is being written.
  private static let (interval, patience) = (1.0, 0.25)

  /// Begins to publish.
  /// - Parameter run: the run's id.
  public init(_ location: RegistryLocation, run: String) {
    (folder, self.run) = (ProgressFolder(location), run)
    schedule()
  }

  /// Sets what is asked, on a thread of its own, for the progress.
  public func publish(_ current: @escaping @Sendable () -> RunProgress?) {
    state.withLock { $0.current = current }
  }

  /// Ends publishing, and removes the file.
  public func close() {
    let mustRemove = state.withLock { state in
      defer { state.isClosed = true }
      return state.hasWritten && !state.isClosed
    }
    guard mustRemove else { return }
    let removed = DispatchSemaphore(value: 0)
    queue.async { [folder, run] in
      folder.remove(run)
      removed.signal()
    }
    _ = removed.wait(timeout: .now() + Self.patience)
  }

  private func schedule() {
    queue.asyncAfter(deadline: .now() + Self.interval) { [weak self] in self?.tick() }
  }

  private func tick() {
    let source = state.withLock { $0.isClosed ? nil : ($0.current ?? { nil }) }
    guard let source else { return }
    if let progress = source() { write(progress) }
    schedule()
  }

  /// Writes the file, unless nothing but the time is new: how old it is says how long nothing has happened.
  private func write(_ progress: RunProgress) {
    var comparable = progress
    comparable.seconds = 0
    let isFirst: Bool? = state.withLock { state in
      guard !state.isClosed, state.published != comparable else { return nil }
      defer { (state.published, state.hasWritten) = (comparable, true) }
      return !state.hasWritten
    }
    guard let isFirst else { return }
    if isFirst { folder.removeAbandoned() }
    folder.write(progress, of: run)
  }
}
