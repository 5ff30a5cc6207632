// A run, read from a row of `runs`.

import Foundation
import GRDB

/// A run.
public struct Run: Sendable, Equatable {
  /// The run's id; ids sort by time.
  public let id: String
  /// The stage, such as `rnn-pad`.
  public let stage: String
  /// The name given by the user.
  public let name: String?
  /// The run's status.
  public let status: RunStatus
  /// The command line as a JSON array, which many readers of many runs don't need.
  private let argvText: String
  /// The version of rnnpipe.
  public let version: String
  /// The random seed, if one was used.
  public let seed: Int64?
  /// The CPU the kernels were compiled for.
  public let cpuTarget: String
  /// The machine's host name.
  public let host: String
  /// The user's name.
  public let user: String
  /// The process id.
  public let pid: Int32
  /// See `ProcessIdentity.start`.
  public let processStart: String
  /// The working directory.
  public let cwd: String
  /// When the run started.
  public let startedAt: Timestamp
  /// When it ended; nil while it is running, and if its end was not recorded.
  public let endedAt: Timestamp?
  /// Seconds of wall-clock time.
  public let wall: Double?
  /// Seconds of processor time.
  public let cpu: Double?
  /// Peak resident memory in bytes.
  public let peakRSS: Int?
  /// The process's exit code.
  public let exitCode: Int32?
  /// The error message, one line.
  public let error: String?

  /// The command line; text that is no JSON array of strings unchanged.
  public var argv: [String] {
    do {
      return try JSONDecoder().decode([String].self, from: Data(argvText.utf8))
    } catch {
      return [argvText]
    }
  }

  /// The random part of the id, which is enough to identify a run.
  public var shortID: String { Run.shortID(id) }

  /// The random part of a run's id.
  public static func shortID(_ id: String) -> String {
    id.split(separator: "-").last.map(String.init) ?? id
  }
}

extension Run: FetchableRecord {
  /// The columns of `runs` in the table's order, which is that of `SELECT *`.
  private enum Column: Int {
    case id, stage, name, status, argv, version, seed, cpuTarget, host, user, pid, processStart, cwd,
      startedAt
    case endedAt, wall, cpu, peakRSS, exitCode, error
  }

  /// Reads a row that begins with all columns of `runs`. A status or a time that only a later version defines, or a value
  /// of the wrong type, is read as the nearest known value.
  public init(row: Row) {
    func text(_ column: Column) -> String { row.text(at: column.rawValue) }
    func value<Value: DatabaseValueConvertible>(_ column: Column) -> Value? {
      row.value(at: column.rawValue)
    }
    id = text(.id)
    stage = text(.stage)
    name = value(.name)
    status = RunStatus(rawValue: text(.status)) ?? .running
    argvText = text(.argv)
    version = text(.version)
    seed = value(.seed)
    cpuTarget = text(.cpuTarget)
    host = text(.host)
    user = text(.user)
    pid = value(.pid) ?? 0
    processStart = text(.processStart)
    cwd = text(.cwd)
    startedAt = Timestamp(text: text(.startedAt)) ?? Timestamp(milliseconds: 0)
    endedAt = Timestamp(text: text(.endedAt))
    wall = value(.wall)
    cpu = value(.cpu)
    peakRSS = value(.peakRSS)
    exitCode = value(.exitCode)
    error = value(.error)
  }
}
