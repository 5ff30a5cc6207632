// Data that runs read and write, and where it came from.

/// Data that a run read or wrote, identified by its hash.
public struct Artifact: Codable, Sendable, Equatable {
  /// SHA-256 of the data in hexadecimal; of a stream: of what `zstd -dc` gives. Nil if the data was not
  /// read to its end.
  public var hash: String?
  /// The stream's kind (`text`, `padded`, `model`, ...), or a file's (`csv`, `png`, ...).
  public var kind: String?
  /// Rows of a stream.
  public var rows: Int?
  /// The size of the file or pipe, compressed if it was, as first seen.
  public var bytes: Int?
  /// The stream's columns as JSON text, such as `{"x":"F32[50,1]"}`.
  public var columns: String?

  /// Data with that hash; what isn't known stays nil.
  public init(
    hash: String?, kind: String? = nil, rows: Int? = nil, bytes: Int? = nil, columns: String? = nil
  ) {
    (self.hash, self.kind, self.rows, self.bytes, self.columns) = (hash, kind, rows, bytes, columns)
  }
}

/// The run that wrote an input, according to the input's provenance.
public struct Upstream: Codable, Sendable, Equatable {
  /// The run's id, which this registry may not know.
  public let run: String
  /// The stage that ran.
  public let stage: String?
  /// Where it ran.
  public let host: String?

  /// The run's id, and the stage and the host if its provenance names them.
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
