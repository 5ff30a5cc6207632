// Which runs to list.

/// Which runs to list.
public struct RunFilter: Sendable, Equatable {
  /// Only runs of this stage; `pad` is short for `rnn-pad`.
  public var stage: String?
  /// Only runs with this status.
  public var status: RunStatus?
  /// Only runs with this name.
  public var name: String?
  /// Only runs with all of these tags.
  public var tags: [TagCondition] = []
  /// Only runs with all of these parameters.
  public var parameters: [ParameterCondition] = []
  /// Only runs with all of these values of metrics.
  public var metrics: [MetricCondition] = []
  /// Only runs that have a metric.
  public var hasMetrics = false
  /// Only runs that started at this time or later.
  public var since: Timestamp?
  /// Only runs that started before this time.
  public var until: Timestamp?
  /// At most this many runs.
  public var limit: Int?

  /// All runs.
  public init() {}
}

/// A tag that a run must have.
public struct TagCondition: Sendable, Equatable {
  /// The tag's key.
  public let key: String
  /// Its value; nil for any.
  public let value: String?

  /// The tag `key`, with this value if it is not nil.
  public init(key: String, value: String?) { (self.key, self.value) = (key, value) }
}

/// How two values are compared.
public enum Comparison: String, Sendable, Equatable, CaseIterable {
  case notEqual = "!="
  case atMost = "<="
  case atLeast = ">="
  case equal = "="
  case below = "<"
  case above = ">"
}

/// A parameter that a run must have.
public struct ParameterCondition: Sendable, Equatable {
  /// The parameter's key.
  public let key: String
  /// How the run's value, on the left, is compared.
  public let comparison: Comparison
  /// The text that it is compared with: as a number if it is one and the comparison is one of sizes.
  public let value: String

  /// The parameter `key` with a value that compares so with `value`.
  public init(key: String, _ comparison: Comparison, _ value: String) {
    (self.key, self.comparison, self.value) = (key, comparison, value)
  }
}

/// Which of the values of a metric's history is meant.
public enum MetricStatistic: String, Sendable, Equatable, CaseIterable {
  /// The value at the last step.
  case last
  /// The smallest value.
  case min
  /// The largest value.
  case max
}

/// A metric that a run must have.
public struct MetricCondition: Sendable, Equatable {
  /// The metric's name.
  public let name: String
  /// Which value of its history is compared.
  public let statistic: MetricStatistic
  /// How the run's value, on the left, is compared.
  public let comparison: Comparison
  /// The number that it is compared with.
  public let value: Double

  /// The metric `name` with a value that compares so with `value`.
  public init(name: String, _ statistic: MetricStatistic, _ comparison: Comparison, _ value: Double) {
    (self.name, self.statistic, self.comparison, self.value) = (name, statistic, comparison, value)
  }
}
