// The first version of the database's tables and views.

extension Schema {
  // In `lineage`, data without provenance is attributed to the latest run that wrote the same data before the reader
  // started. The stages of a pipe start together in any order, so one second is allowed for data from a pipe.
  static let version1 = """
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
