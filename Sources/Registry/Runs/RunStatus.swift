// The status of a run.

/// The status of a run.
public enum RunStatus: String, Codable, Sendable, CaseIterable {
  /// At work, or killed and not detected yet.
  case running
  /// Finished successfully.
  case done
  /// Ended with an error.
  case failed
  /// Stopped by a signal, or its process vanished.
  case interrupted
}
