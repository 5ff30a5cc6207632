// What is known of a run when it ends: its result, what it cost, what it read and wrote.

/// How a run stands.
public enum RunStatus: String, Codable, Sendable, CaseIterable {
  /// At work, or killed and not yet found out.
  case running
  /// Finished as asked.
  case done
  /// Ended with an error.
  case failed
  /// Stopped by a signal, or its process vanished.
  case interrupted
}

/// Data that a run read or wrote, known by its hash.
public struct Artifact: Codable, Sendable, Equatable {
  /// SHA-256 of the data in hexadecimal; of a stream: of what `zstd -dc` gives. Nil where the data was not
  /// read to its end.
  public var hash: String?
  /// The stream's kind (`text`, `padded`, `model`, ...), or a file's (`csv`, `png`, ...).
  public var kind: String?
  /// Rows of a stream.
  public var rows: Int?
  /// The size of the file or pipe, compressed where it was, as first seen.
  public var bytes: Int?
  /// The stream's columns as JSON text, such as `{"x":"F32[50,1]"}`.
  public var columns: String?

  /// Data of that hash; what isn't known stays nil.
  public init(
    hash: String?, kind: String? = nil, rows: Int? = nil, bytes: Int? = nil, columns: String? = nil
  ) {
    (self.hash, self.kind, self.rows, self.bytes, self.columns) = (hash, kind, rows, bytes, columns)
  }
}

/// The run that wrote an input, after the input's own provenance.
public struct Upstream: Codable, Sendable, Equatable {
  /// The run's id, which this registry may not know.
  public let run: String
  /// The stage that ran.
  public let stage: String?
  /// Where it ran.
  public let host: String?

  /// The run's id, and where its provenance says so the stage and the host.
  public init(run: String, stage: String? = nil, host: String? = nil) {
    (self.run, self.stage, self.host) = (run, stage, host)
  }
}

/// One input of a run.
public struct RunInput: Codable, Sendable, Equatable {
  /// The data.
  public var artifact: Artifact
  /// The runs that wrote it, one per joined stream; empty for plain files.
  public var upstreams: [Upstream]
  /// The file, absolute; nil for standard input.
  public var path: String?

  /// `path` is absolute, or nil for standard input.
  public init(_ artifact: Artifact, upstreams: [Upstream] = [], path: String?) {
    (self.artifact, self.upstreams, self.path) = (artifact, upstreams, path)
  }
}

/// One output of a run.
public struct RunOutput: Codable, Sendable, Equatable {
  /// The data.
  public var artifact: Artifact
  /// The file, absolute; nil for standard output.
  public var path: String?

  /// `path` is absolute, or nil for standard output.
  public init(_ artifact: Artifact, path: String?) { (self.artifact, self.path) = (artifact, path) }
}

/// A run's result.
public struct RunEnd: Codable, Sendable, Equatable {
  /// How it ended; not `running`.
  public var status: RunStatus
  /// The process's exit code.
  public var exitCode: Int32
  /// The error's one line, where it failed.
  public var error: String?
  /// Seconds by the clock.
  public var wall: Double
  /// Seconds of processor time, user and system.
  public var cpu: Double
  /// The most memory that was resident, in bytes.
  public var peakRSS: Int
  /// What was read, in order of opening.
  public var inputs: [RunInput]
  /// What was written, in order of opening.
  public var outputs: [RunOutput]
  /// The seed, where it was settled after the start.
  public var seed: Int64?
  /// When the run ended.
  public var endedAt: Timestamp

  /// A result with its costs: `wall` and `cpu` in seconds, `peakRSS` in bytes.
  public init(
    status: RunStatus, exitCode: Int32, error: String? = nil, wall: Double, cpu: Double, peakRSS: Int,
    inputs: [RunInput] = [], outputs: [RunOutput] = [], seed: Int64? = nil, endedAt: Timestamp = .now
  ) {
    (self.status, self.exitCode, self.error) = (status, exitCode, error)
    (self.wall, self.cpu, self.peakRSS) = (wall, cpu, peakRSS)
    (self.inputs, self.outputs, self.seed, self.endedAt) = (inputs, outputs, seed, endedAt)
  }
}
