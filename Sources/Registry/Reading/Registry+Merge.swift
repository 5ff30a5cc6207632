// Merges another registry, such as a copy from another machine: runs that are missing here are added, and runs that
// have ended since the last merge are updated. Merging again changes nothing.

import Failures
import GRDB

/// The result of a merge.
public struct MergeResult: Sendable, Equatable {
  /// The number of runs that were missing here.
  public let added: Int
  /// The number of runs whose end was missing here.
  public let updated: Int

  /// A merge's counts.
  public init(added: Int, updated: Int) { (self.added, self.updated) = (added, updated) }
}

extension Registry {
  /// Merges the registry at `other` into this one, in one transaction; `other` is not changed.
  /// - Throws: `Failure` if one of them can't be used.
  public func merge(_ other: RegistryLocation) throws -> MergeResult {
    try Self.checkVersion(of: other)
    return try database.gate.pass { try database.explained { try attach(other) } }
  }

  private func attach(_ other: RegistryLocation) throws -> MergeResult {
    try database.queue.writeWithoutTransaction { db in
      try db.execute(sql: "ATTACH DATABASE ? AS other", arguments: [other.path])
      let result = Result {
        try Self.checkIntegrity(db, other)
        return try Self.copy(db)
      }
      try db.execute(sql: "DETACH DATABASE other")
      return try result.get()
    }
  }

  /// All that is merged is in every version of the schema.
  private static func checkVersion(of other: RegistryLocation) throws {
    let found = try RegistryDatabase(other, mode: .read).read(Schema.checkedVersion)
    guard found >= 1 else { throw Failure.data("the registry is empty", at: other.path) }
  }

  /// A copy that was made while a stage wrote has pages of before and after.
  private static func checkIntegrity(_ db: Database, _ other: RegistryLocation) throws {
    let found = try String.fetchOne(db, sql: "PRAGMA other.integrity_check(1)") ?? "ok"
    guard found == "ok" else {
      throw Failure.data(
        "the registry is damaged, perhaps copied while a stage wrote to it: \(found)", at: other.path,
        remedy: "copy it again, or with sqlite3 runs.db '.backup copy.db'")
    }
  }

  private static func copy(_ db: Database) throws -> MergeResult {
    var result = MergeResult(added: 0, updated: 0)
    try db.inTransaction(.immediate) {
      result = MergeResult(
        added: try count(db, "id NOT IN (SELECT id FROM main.runs)"), updated: try count(db, hasNewEnd))
      for statement in statements { try db.execute(sql: statement) }
      return .commit
    }
    return result
  }

  private static func count(_ db: Database, _ condition: String) throws -> Int {
    try Int.fetchOne(db, sql: "SELECT count(*) FROM other.runs WHERE \(condition)") ?? 0
  }

  /// The condition that a run has ended in `other` but not here.
  private static let hasNewEnd = """
    status <> 'running' AND ended_at IS NOT NULL
    AND id IN (SELECT id FROM main.runs WHERE ended_at IS NULL)
    """

  private static let runColumns = """
    id, stage, name, status, argv, version, seed, cpu_target, host, user, pid, process_start, cwd,
    started_at, ended_at, wall_s, cpu_s, peak_rss_bytes, exit_code, error
    """

  private static let statements = [
    """
    UPDATE main.runs SET (status, seed, ended_at, wall_s, cpu_s, peak_rss_bytes, exit_code, error) =
      (SELECT status, seed, ended_at, wall_s, cpu_s, peak_rss_bytes, exit_code, error
       FROM other.runs o WHERE o.id = main.runs.id)
    WHERE id IN (SELECT id FROM other.runs WHERE \(hasNewEnd))
    """,
    "INSERT OR IGNORE INTO main.runs (\(runColumns)) SELECT \(runColumns) FROM other.runs",
    "INSERT OR IGNORE INTO main.params SELECT run_id, key, value FROM other.params",
    "INSERT OR IGNORE INTO main.tags SELECT run_id, key, value FROM other.tags",
    "INSERT OR IGNORE INTO main.metrics SELECT run_id, name, step, value FROM other.metrics",
    "INSERT OR IGNORE INTO main.artifacts SELECT hash, kind, rows, bytes, columns FROM other.artifacts",
    """
    INSERT OR IGNORE INTO main.inputs
    SELECT run_id, position, artifact_hash, upstream_run_id, upstream_stage, upstream_host, path
    FROM other.inputs
    """,
    """
    INSERT OR IGNORE INTO main.outputs
    SELECT run_id, position, artifact_hash, path FROM other.outputs
    """,
  ]
}
