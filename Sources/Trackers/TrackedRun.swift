// A run as other programs' trackers take it: plain values, from the registry or from a command that is running.

/// One value of a metric, and when it was measured.
public struct TrackedMetric: Sendable, Equatable {
  /// The metric's name, such as `val_loss`.
  public let name: String
  /// The step, usually the epoch.
  public let step: Int
  /// The value, which may be NaN or infinite.
  public let value: Double
  /// Milliseconds since 1970.
  public let time: Int64

  /// See the properties.
  public init(name: String, step: Int, value: Double, time: Int64) {
    (self.name, self.step, self.value, self.time) = (name, step, value, time)
  }

  /// The values of each step, in the order of the steps, and of the names.
  static func steps(of metrics: [TrackedMetric]) -> [(step: Int, values: [TrackedMetric])] {
    Dictionary(grouping: metrics, by: \.step).sorted { $0.key < $1.key }.map { step, values in
      (step, values.sorted { $0.name < $1.name })
    }
  }
}

/// How a run ended.
public struct TrackedEnd: Sendable, Equatable {
  /// The kinds of ends.
  public enum Status: Sendable, Equatable {
    case done, failed, interrupted
  }

  /// How it ended.
  public let status: Status
  /// When it ended, in milliseconds since 1970.
  public let time: Int64

  /// See the properties.
  public init(_ status: Status, time: Int64) { (self.status, self.time) = (status, time) }
}

/// A run at its start.
public struct TrackedStart: Sendable, Equatable {
  /// The run's id, which is unique among all machines.
  public let id: String
  /// The stage, such as `rnn-train`.
  public let stage: String
  /// The name given by the user.
  public let name: String?
  /// The user's name.
  public let user: String
  /// The machine's host name.
  public let host: String
  /// The version of rnnpipe.
  public let version: String
  /// The command line in one line.
  public let command: String
  /// Milliseconds since 1970.
  public let time: Int64

  /// See the properties.
  public init(
    id: String, stage: String, name: String?, user: String, host: String, version: String, command: String,
    time: Int64
  ) {
    (self.id, self.stage, self.name, self.user, self.host) = (id, stage, name, user, host)
    (self.version, self.command, self.time) = (version, command, time)
  }

  /// The random part of the id, which is enough to identify a run.
  public var shortID: String { id.split(separator: "-").last.map(String.init) ?? id }
}

/// A run with all that trackers show of it.
public struct TrackedRun: Sendable, Equatable {
  /// Its start.
  public let start: TrackedStart
  /// Parameters by key.
  public let parameters: [String: String]
  /// Tags by key.
  public let tags: [String: String]
  /// Every value of every metric, in any order.
  public let metrics: [TrackedMetric]
  /// Its end; nil while it is running.
  public let end: TrackedEnd?

  /// See the properties.
  public init(
    _ start: TrackedStart, parameters: [String: String], tags: [String: String], metrics: [TrackedMetric],
    end: TrackedEnd?
  ) {
    (self.start, self.parameters, self.tags) = (start, parameters, tags)
    (self.metrics, self.end) = (metrics, end)
  }

  /// The values of each step, in the order of the steps, and of the names.
  public var steps: [(step: Int, values: [TrackedMetric])] {
    TrackedMetric.steps(of: metrics)
  }

  /// The last value of each metric, by name.
  public var lastValues: [String: TrackedMetric] {
    Dictionary(metrics.map { ($0.name, $0) }) { $0.step > $1.step ? $0 : $1 }
  }
}
