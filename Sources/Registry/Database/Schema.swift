// The database's tables and views, and the migration of databases from earlier versions. A migration is never edited
// once it has been released: a change is a new migration with a new version.

import Failures
import Foundation
import GRDB

/// The schema's versions.
enum Schema {
  /// The version that this program writes; that of a database is in `PRAGMA user_version`.
  static let version = 1
  /// `RNNR`: `PRAGMA application_id` of every registry.
  static let applicationID = 0x524E_4E52

  private static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    return migrator
  }()

  /// Migrates the database to this version. Several processes may do so at the same time: a migration is one
  /// immediate transaction, and the others find that the version has been raised.
  /// - Throws: `Failure` (data) if the version is still too low after a migration, which the tables then don't need.
  static func prepare(_ queue: DatabaseQueue) throws {
    var found = try queue.read(checkedVersion)
    while found < version {
      let before = found
      do {
        try migrator.migrate(queue)
      } catch let error as DatabaseError where error.resultCode != .SQLITE_BUSY {
        if try queue.read(checkedVersion) <= before { throw error }
      }
      found = try queue.read(checkedVersion)
      guard found > before else { throw contradiction(found) }
    }
  }

  private static func contradiction(_ found: Int) -> Failure {
    .data(
      "the registry claims version \(found), but its tables are those of a later one",
      remedy: "restore it from a backup, or, if its tables are intact, run: PRAGMA user_version = \(version)")
  }

  /// The database's version, 0 for an empty one; throws for one that is newer or not a registry.
  static func checkedVersion(_ database: Database) throws -> Int {
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let owner = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    if owner != applicationID {
      let foreign = """
        SELECT count(*) FROM sqlite_master
        WHERE name NOT LIKE 'grdb_migrations' AND name NOT LIKE 'sqlite_%'
        """
      let others = try Int.fetchOne(database, sql: foreign) ?? 0
      if owner != 0 || found != 0 || others > 0 {
        throw Failure.data(
          "the database is not a registry of runs", remedy: "name another file with --registry")
      }
    }
    if found > version {
      throw Failure.data(
        "the registry was written by a newer rnnpipe (schema \(found); this version supports \(version))",
        remedy: "update rnnpipe")
    }
    return found
  }

  // In `lineage`, data without provenance is attributed to the latest run that wrote the same data before the reader
  // started. The stages of a pipe start together in any order, so one second is allowed for data from a pipe.
  private static let version1 = """
    PRAGMA application_id = 1380863570;
    PRAGMA user_version = 1;

    CREATE TABLE runs (
      id TEXT NOT NULL PRIMARY KEY,
      stage TEXT NOT NULL,
      name TEXT,
      status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed', 'interrupted')),
      argv TEXT NOT NULL,
      version TEXT NOT NULL,
      seed INTEGER,
      cpu_target TEXT NOT NULL,
      host TEXT NOT NULL,
      user TEXT NOT NULL,
      pid INTEGER NOT NULL,
      process_start TEXT NOT NULL,
      cwd TEXT NOT NULL,
      started_at TEXT NOT NULL,
      ended_at TEXT,
      wall_s REAL,
      cpu_s REAL,
      peak_rss_bytes INTEGER,
      exit_code INTEGER,
      error TEXT
    );
    CREATE INDEX runs_by_stage ON runs (stage, id);
    CREATE INDEX runs_by_status ON runs (status, id);
    CREATE INDEX runs_by_name ON runs (name, id) WHERE name IS NOT NULL;
    CREATE INDEX runs_by_tail ON runs (substr(id, 20));

    CREATE TABLE params (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (run_id, key)
    ) WITHOUT ROWID;

    CREATE TABLE metrics (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      step INTEGER NOT NULL,
      value REAL,
      PRIMARY KEY (run_id, name, step)
    ) WITHOUT ROWID;

    CREATE TABLE tags (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (run_id, key)
    ) WITHOUT ROWID;
    CREATE INDEX tags_by_key ON tags (key, value, run_id);

    CREATE TABLE artifacts (
      hash TEXT NOT NULL PRIMARY KEY,
      kind TEXT,
      rows INTEGER,
      bytes INTEGER,
      columns TEXT
    ) WITHOUT ROWID;

    CREATE TABLE inputs (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      artifact_hash TEXT REFERENCES artifacts (hash),
      upstream_run_id TEXT,
      upstream_stage TEXT,
      upstream_host TEXT,
      path TEXT,
      PRIMARY KEY (run_id, position)
    ) WITHOUT ROWID;
    CREATE INDEX inputs_by_artifact ON inputs (artifact_hash);
    CREATE INDEX inputs_by_upstream ON inputs (upstream_run_id);

    CREATE TABLE outputs (
      run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      artifact_hash TEXT REFERENCES artifacts (hash),
      path TEXT,
      PRIMARY KEY (run_id, position)
    ) WITHOUT ROWID;
    CREATE INDEX outputs_by_artifact ON outputs (artifact_hash);

    CREATE VIEW stage_outputs AS
      SELECT r.id AS run_id, r.stage, r.name, r.status, r.started_at, o.position, o.path, o.artifact_hash,
        a.kind, a.rows, a.bytes, a.columns
      FROM outputs o
      JOIN runs r ON r.id = o.run_id
      LEFT JOIN artifacts a ON a.hash = o.artifact_hash;

    CREATE VIEW last_metrics AS
      SELECT run_id, name, max(step) AS step, value FROM metrics GROUP BY run_id, name;

    CREATE VIEW lineage AS
      SELECT link.run_id, r.stage, link.position, link.artifact_hash, link.path, link.upstream_run_id,
        coalesce(u.stage, link.upstream_stage) AS upstream_stage,
        u.id IS NOT NULL AS upstream_known
      FROM (
        SELECT i.run_id, i.position, i.artifact_hash, i.path, i.upstream_stage,
          coalesce(i.upstream_run_id, (
            SELECT o.run_id FROM outputs o JOIN runs p ON p.id = o.run_id
            WHERE o.artifact_hash = i.artifact_hash AND o.run_id <> i.run_id
              AND p.started_at <= CASE WHEN i.path IS NOT NULL THEN c.started_at
                ELSE strftime('%Y-%m-%dT%H:%M:%fZ', c.started_at, '+1 second') END
            ORDER BY o.run_id DESC LIMIT 1)) AS upstream_run_id
        FROM inputs i JOIN runs c ON c.id = i.run_id
      ) link
      JOIN runs r ON r.id = link.run_id
      LEFT JOIN runs u ON u.id = link.upstream_run_id;
    """
}
