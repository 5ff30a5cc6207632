// Everything that the registry has about a run.

/// Everything that the registry has about a run, except the history of its metrics.
public struct RunDetails: Sendable, Equatable {
  /// The run.
  public let run: Run
  /// Parameters by key.
  public let parameters: [String: String]
  /// Tags by key.
  public let tags: [String: String]
  /// The last value of each metric, by name.
  public let lastMetrics: [MetricPoint]
  /// The inputs, in order.
  public let inputs: [RecordedInput]
  /// The outputs, in order.
  public let outputs: [RunOutput]
}

/// One row of `inputs`.
public struct RecordedInput: Sendable, Equatable {
  /// The data.
  public let artifact: Artifact
  /// The file; nil for standard input.
  public let path: String?
  /// The run that wrote it: by the data's provenance, else by its hash.
  public let upstream: Upstream?
  /// Whether the upstream run is in this registry.
  public let isUpstreamKnown: Bool
}
