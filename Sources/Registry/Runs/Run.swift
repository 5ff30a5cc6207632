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
  /// The command line.
  public let argv: [String]
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

  /// The random part of the id, which is enough to identify a run.
  public var shortID: String { Run.shortID(id) }

  /// The random part of a run's id.
  public static func shortID(_ id: String) -> String {
    id.split(separator: "-").last.map(String.init) ?? id
  }
}

extension Run: FetchableRecord {
  /// Reads a row of `runs`. A status or a time that only a later version defines, or a value of the wrong type, is read
  /// as the nearest known value.
  public init(row: Row) {
    id = row.text("id")
    stage = row.text("stage")
    name = row.value("name")
    status = RunStatus(rawValue: row.text("status")) ?? .running
    argv = Run.strings(row.text("argv"))
    version = row.text("version")
    seed = row.value("seed")
    cpuTarget = row.text("cpu_target")
    host = row.text("host")
    user = row.text("user")
    pid = row.value("pid") ?? 0
    processStart = row.text("process_start")
    cwd = row.text("cwd")
    startedAt = Timestamp(text: row.text("started_at")) ?? Timestamp(milliseconds: 0)
    endedAt = Timestamp(text: row.text("ended_at"))
    wall = row.value("wall_s")
    cpu = row.value("cpu_s")
    peakRSS = row.value("peak_rss_bytes")
    exitCode = row.value("exit_code")
    error = row.value("error")
  }

  /// A JSON array of strings; any other text unchanged.
  private static func strings(_ json: String) -> [String] {
    do {
      return try JSONDecoder().decode([String].self, from: Data(json.utf8))
    } catch {
      return [json]
    }
  }
}
