// The data of a run that is known at its start.

import OperatingSystem

/// A run at its start: the values of a row of `runs` before there is a result.
public struct RunStart: Codable, Sendable, Equatable {
  /// The run's id; see `newRunID()`.
  public let id: String
  /// The stage, such as `rnn-pad`.
  public let stage: String
  /// A name given by the user (`--name`).
  public let name: String?
  /// The command line, the program's name first.
  public let argv: [String]
  /// The version of rnnpipe.
  public let version: String
  /// The random seed, if the stage uses one; it may also be set by `RunEnd`.
  public let seed: Int64?
  /// The CPU the kernels were compiled for, such as `x86-64-v3`.
  public let cpuTarget: String
  /// The machine's host name.
  public let host: String
  /// The process's effective user.
  public let user: String
  /// The process id.
  public let pid: Int32
  /// Distinguishes the process from later ones with the same id; see `ProcessIdentity.start`.
  public let processStart: String
  /// The working directory.
  public let cwd: String
  /// When the run started.
  public let startedAt: Timestamp

  /// A run of the calling process that starts now; determines host, user, process and directory.
  public init(
    id: String = RunStart.newRunID(), stage: String, name: String? = nil, argv: [String], version: String,
    seed: Int64? = nil, cpuTarget: String, startedAt: Timestamp = .now
  ) {
    (self.id, self.stage, self.name, self.argv, self.version) = (id, stage, name, argv, version)
    (self.seed, self.cpuTarget, self.startedAt) = (seed, cpuTarget, startedAt)
    (host, user, cwd) = (hostName(), userName(), workingDirectory() ?? "")
    (pid, processStart) = (ProcessIdentity.current.pid, ProcessIdentity.current.start)
  }

  /// A new id: the time in UTC to the millisecond and eight random letters and digits, as in
  /// `20260301-123456789-k7f3m2xq`. Ids sort by time, and the random part alone is enough to identify a run.
  public static func newRunID() -> String {
    let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")
    var generator = SystemRandomNumberGenerator()
    let bits = generator.next()
    let tail = (0..<8).map { letters[Int((bits >> (5 * UInt64($0))) & 31)] }
    return Timestamp.now.compactText + "-" + String(tail)
  }
}
