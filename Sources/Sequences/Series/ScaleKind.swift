// The kinds of scaling, and the rows over which it is computed.

/// How columns are scaled.
public enum ScaleKind: String, Sendable, CaseIterable {
  /// No scaling.
  case none
  /// To mean 0 and (population) standard deviation 1.
  case standard
  /// To the range 0 to 1.
  case minmax
  /// To median 0 and interquartile range 1.
  case robust
  /// To a mean size of 1: divided by the mean of the absolute values, so that 0 stays 0.
  case mean
}

/// Over which rows a scaling is computed.
public enum ScaleScope: String, Sendable, CaseIterable {
  /// Over those of all series.
  case all
  /// Over those of each series.
  case series
  /// Over the inputs of each window.
  case window
}
