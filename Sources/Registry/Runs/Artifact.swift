// Data that runs read and write, and its origin.

/// Data that a run read or wrote, identified by its hash.
public struct Artifact: Codable, Sendable, Equatable {
  /// SHA-256 of the data in hexadecimal; for a stream, of the output of `zstd -dc`. Nil if the data was not read to
  /// its end.
  public var hash: String?
  /// The stream's kind (`text`, `padded`, `model`, ...), or a file's (`csv`, `png`, ...).
  public var kind: String?
  /// Rows of a stream.
  public var rows: Int?
  /// The size of the file or pipe (compressed, if it is) when it was first read or written.
  public var bytes: Int?
  /// The stream's columns as JSON text, such as `{"x":"F32[50,1]"}`.
  public var columns: String?

  /// Data with this hash; unknown properties are nil.
  public init(
    hash: String?, kind: String? = nil, rows: Int? = nil, bytes: Int? = nil, columns: String? = nil
  ) {
    (self.hash, self.kind, self.rows, self.bytes, self.columns) = (hash, kind, rows, bytes, columns)
  }
}

/// The run that wrote an input, according to the input's provenance.
public struct Upstream: Codable, Sendable, Equatable {
  /// The run's id, which may not be in this registry.
  public let run: String
  /// The stage that ran.
  public let stage: String?
  /// The host name.
  public let host: String?

  /// The run's id, and the stage and the host if they are given by its provenance.
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
