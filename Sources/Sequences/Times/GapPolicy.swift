// What to do about gaps in the times of a series.

/// What to do if the times of a series are not one step apart.
public enum GapPolicy: String, Sendable, CaseIterable {
  /// Reject the series.
  case error
  /// Drop the windows that span a gap.
  case drop = "drop-windows"
  /// Insert the missing rows, whose values are then missing and must be filled.
  case fill
  /// Treat the rows as evenly spaced regardless of their times (trading hours, for example).
  case ignore
}
