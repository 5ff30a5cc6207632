// The status of a run.

/// The status of a run.
public enum RunStatus: String, Codable, Sendable, CaseIterable {
  /// Still running, or killed without this having been detected yet.
  case running
  /// Finished successfully.
  case done
  /// Ended with an error.
  case failed
  /// Stopped by a signal, or the process no longer exists.
  case interrupted
}
