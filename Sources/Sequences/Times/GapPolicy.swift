// What to do about gaps in the times of a series.

/// What to do where the times of a series are not one step apart.
public enum GapPolicy: String, Sendable, CaseIterable {
  /// Reject the series.
  case error
  /// Drop the windows that span a gap.
  case drop = "drop-windows"
  /// Treat the rows as evenly spaced regardless of their times (trading days, for example).
  case ignore
}
