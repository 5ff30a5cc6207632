// The kinds of scaling.

/// How columns are scaled.
public enum ScaleKind: String, Sendable, CaseIterable {
  /// No scaling.
  case none
  /// To mean 0 and (population) standard deviation 1.
  case standard
  /// To the range 0 to 1.
  case minmax
}
