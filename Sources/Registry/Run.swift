// A run as the registry knows it, read back from a row of `runs`.

import Foundation
import GRDB

/// One run.
public struct Run: Sendable, Equatable {
  /// The run's id; ids sort by time.
  public let id: String
  /// The stage, such as `rnn-pad`.
  public let stage: String
  /// The name the user gave.
  public let name: String?
  /// How the run stands.
  public let status: RunStatus
  /// The command line.
  public let argv: [String]
  /// The version of rnnpipe.
  public let version: String
  /// The seed, where random numbers were drawn.
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
  /// When the run began.
  public let startedAt: Timestamp
  /// When it ended; nil while it runs, and where nobody saw its end.
  public let endedAt: Timestamp?
  /// Seconds by the clock.
  public let wall: Double?
  /// Seconds of processor time.
  public let cpu: Double?
  /// The most memory that was resident, in bytes.
  public let peakRSS: Int?
  /// The process's exit code.
  public let exitCode: Int32?
  /// The error's one line.
  public let error: String?

  /// The random end of the id, which is enough to name a run.
  public var shortID: String { Run.shortID(id) }

  /// The random end of a run's id.
  public static func shortID(_ id: String) -> String {
    id.split(separator: "-").last.map(String.init) ?? id
  }
}

extension Run: FetchableRecord {
  /// Reads a row of `runs`. A status or a time that a later version might write is read as the nearest
  /// this one knows.
  public init(row: Row) {
    id = row["id"]
    stage = row["stage"]
    name = row["name"]
    status = RunStatus(rawValue: row["status"]) ?? .running
    argv = Run.strings(row["argv"])
    version = row["version"]
    seed = row["seed"]
    cpuTarget = row["cpu_target"]
    host = row["host"]
    user = row["user"]
    pid = row["pid"]
    processStart = row["process_start"]
    cwd = row["cwd"]
    startedAt = Timestamp(text: row["started_at"]) ?? Timestamp(milliseconds: 0)
    endedAt = (row["ended_at"] as String?).flatMap(Timestamp.init(text:))
    wall = row["wall_s"]
    cpu = row["cpu_s"]
    peakRSS = row["peak_rss_bytes"]
    exitCode = row["exit_code"]
    error = row["error"]
  }

  /// A JSON list of strings; any other text as it stands.
  private static func strings(_ json: String) -> [String] {
    do {
      return try JSONDecoder().decode([String].self, from: Data(json.utf8))
    } catch {
      return [json]
    }
  }
}

/// Everything the registry holds on one run, but the course of its metrics.
public struct RunDetails: Sendable, Equatable {
  /// The run.
  public let run: Run
  /// Parameters by key.
  public let parameters: [String: String]
  /// Tags by key.
  public let tags: [String: String]
  /// The last value of each metric, by name.
  public let lastMetrics: [MetricPoint]
  /// What was read, in order.
  public let inputs: [RecordedInput]
  /// What was written, in order.
  public let outputs: [RunOutput]
}

/// One row of `inputs`.
public struct RecordedInput: Sendable, Equatable {
  /// The data.
  public let artifact: Artifact
  /// The file; nil for standard input.
  public let path: String?
  /// The run that wrote it: after the data's provenance, else after its hash.
  public let upstream: Upstream?
  /// Whether this registry holds the upstream run.
  public let isUpstreamKnown: Bool
}
