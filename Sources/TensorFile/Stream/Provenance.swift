// The origin of a stream.

/// The run that produced a stream. It follows the data and doesn't affect the artifact's hash.
public struct Provenance: Sendable, Equatable {
  /// The run's id in the registry.
  public let run: String
  /// The stage, such as `rnn-pad`.
  public let stage: String
  /// The version of rnnpipe.
  public let version: String
  /// The machine's host name.
  public let host: String
  /// The shard that the stream is; nil if it is whole.
  public let shard: ShardRecord?

  /// The origin of a stream.
  public init(run: String, stage: String, version: String, host: String, shard: ShardRecord? = nil) {
    self.run = run
    self.stage = stage
    self.version = version
    self.host = host
    self.shard = shard
  }
}
