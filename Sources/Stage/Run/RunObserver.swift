// What follows a run besides the registry, such as the trackers of other programs.

/// How a run ended, for observers.
public enum RunEnding: Sendable, Equatable {
  /// Finished successfully.
  case done
  /// Stopped on request.
  case interrupted
  /// Ended with an error.
  case failed
}

/// Gets what is recorded of a run, on the thread of the work, which it must not keep waiting.
public protocol RunObserver: AnyObject {
  /// A parameter was recorded; the last value for a key counts.
  func parameter(_ key: String, _ value: String)
  /// A metric's value was recorded.
  func metric(_ name: String, step: Int, _ value: Double)
  /// The run has ended: its outputs are written, and the registry has its entry.
  /// - Returns: one warning for each problem.
  func end(_ ending: RunEnding) -> [String]
}

extension StageRun {
  /// From now on, `observer` gets what is recorded of the run.
  public func observe(_ observer: any RunObserver) { observers.append(observer) }

  /// Tells the observers that the run has ended.
  func endObservers(_ outcome: Outcome) {
    let ending: RunEnding =
      switch outcome {
      case .done: .done
      case .interrupted: .interrupted
      case .failed: .failed
      }
    for observer in observers { observer.end(ending).forEach(warn) }
  }
}
