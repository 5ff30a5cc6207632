// How the configurations of a sweep's trials are chosen.

/// A method of search.
public enum SearchMethod: String, Sendable, CaseIterable {
  /// All combinations.
  case grid
  /// Drawn uniformly.
  case random
  /// Drawn uniformly, with small budgets first; see `Rungs`.
  case halving
  /// By the tree-structured Parzen estimator; see `TreeParzen`.
  case tpe
}
