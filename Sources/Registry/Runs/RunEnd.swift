// The data of a run that is known at its end: result, resource usage, inputs and outputs.

/// A run's result.
public struct RunEnd: Codable, Sendable, Equatable {
  /// How it ended; not `running`.
  public var status: RunStatus
  /// The process's exit code.
  public var exitCode: Int32
  /// The error message, if the run failed.
  public var error: String?
  /// Seconds of wall-clock time.
  public var wall: Double
  /// Seconds of processor time, user and system.
  public var cpu: Double
  /// Peak resident memory in bytes.
  public var peakRSS: Int
  /// The inputs, in the order in which they were opened.
  public var inputs: [RunInput]
  /// The outputs, in the order in which they were opened.
  public var outputs: [RunOutput]
  /// The seed, if determined after the start.
  public var seed: Int64?
  /// When the run ended.
  public var endedAt: Timestamp

  /// A result with resource usage: `wall` and `cpu` in seconds, `peakRSS` in bytes.
  public init(
    status: RunStatus, exitCode: Int32, error: String? = nil, wall: Double, cpu: Double, peakRSS: Int,
    inputs: [RunInput] = [], outputs: [RunOutput] = [], seed: Int64? = nil, endedAt: Timestamp = .now
  ) {
    (self.status, self.exitCode, self.error) = (status, exitCode, error)
    (self.wall, self.cpu, self.peakRSS) = (wall, cpu, peakRSS)
    (self.inputs, self.outputs, self.seed, self.endedAt) = (inputs, outputs, seed, endedAt)
  }
}
