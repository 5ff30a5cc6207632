// Writes a run's record to the database. Every statement can be repeated without effect, since a record can be
// written twice: by the stage itself and from a spool file that another process imported.

import Foundation
import GRDB

extension RunRecord {
  /// Writes everything in the record; must be called within a transaction.
  func write(to database: Database) throws {
    try writeRun(to: database)
    try write(parameters, to: "params", database)
    try write(tags, to: "tags", database)
    try writeMetrics(to: database)
    if let end {
      for (position, input) in Self.rows(of: end.inputs).enumerated() {
        try Self.write(input, at: position, of: start.id, to: database)
      }
      for (position, output) in end.outputs.enumerated() {
        try Self.write(output, at: position, of: start.id, to: database)
      }
    }
  }

  /// A run that has ended remains so: only `running`, and an `interrupted` that was assumed, are overwritten.
  private func writeRun(to database: Database) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO runs (id, stage, name, status, argv, version, seed, cpu_target, host, user, pid,
          process_start, cwd, started_at, ended_at, wall_s, cpu_s, peak_rss_bytes, exit_code, error)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
          status = excluded.status, seed = coalesce(excluded.seed, seed), ended_at = excluded.ended_at,
          wall_s = excluded.wall_s, cpu_s = excluded.cpu_s, peak_rss_bytes = excluded.peak_rss_bytes,
          exit_code = excluded.exit_code, error = excluded.error
        WHERE excluded.status <> 'running' AND runs.status IN ('running', 'interrupted')
        """)
    let status = end?.status ?? .running
    try statement.execute(arguments: [
      start.id, start.stage, start.name, status.rawValue, try Self.json(start.argv), start.version,
      end?.seed ?? start.seed, start.cpuTarget, start.host, start.user, start.pid, start.processStart,
      start.cwd, start.startedAt.text, end?.endedAt.text, end?.wall, end?.cpu, end?.peakRSS, end?.exitCode,
      end?.error,
    ])
  }

  /// Replaces status, exit code and error of a run that has been written with another end; must be called within a
  /// transaction.
  func replaceEnd(in database: Database) throws {
    guard let end else { return }
    try database.execute(
      sql: "UPDATE runs SET status = ?, exit_code = ?, error = ? WHERE id = ?",
      arguments: [end.status.rawValue, end.exitCode, end.error, start.id])
  }

  /// - Parameter table: `params` or `tags`.
  private func write(_ values: [String: String], to table: String, _ database: Database) throws {
    guard !values.isEmpty else { return }
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO \(table) (run_id, key, value) VALUES (?, ?, ?)
        ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value
        """)
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      try statement.execute(arguments: [start.id, key, value])
    }
  }

  private func writeMetrics(to database: Database) throws {
    guard !metrics.isEmpty else { return }
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO metrics (run_id, name, step, value) VALUES (?, ?, ?, ?)
        ON CONFLICT (run_id, name, step) DO UPDATE SET value = excluded.value
        """)
    for metric in metrics {
      let value = metric.value.isNaN ? nil : metric.value
      try statement.execute(arguments: [start.id, metric.name, metric.step, value])
    }
  }

  /// One row of `inputs`.
  private struct InputRow {
    let artifact: Artifact
    let upstream: Upstream?
    let path: String?
  }

  /// A joined stream has one row per upstream run.
  private static func rows(of inputs: [RunInput]) -> [InputRow] {
    inputs.flatMap { input in
      let upstreams: [Upstream?] = input.upstreams.isEmpty ? [nil] : input.upstreams
      return upstreams.map { InputRow(artifact: input.artifact, upstream: $0, path: input.path) }
    }
  }

  private static func write(
    _ input: InputRow, at position: Int, of run: String, to database: Database
  ) throws {
    try write(input.artifact, to: database)
    let statement = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO inputs
          (run_id, position, artifact_hash, upstream_run_id, upstream_stage, upstream_host, path)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(arguments: [
      run, position, input.artifact.hash, input.upstream?.run, input.upstream?.stage, input.upstream?.host,
      input.path,
    ])
  }

  private static func write(
    _ output: RunOutput, at position: Int, of run: String, to database: Database
  ) throws {
    try write(output.artifact, to: database)
    let statement = try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO outputs (run_id, position, artifact_hash, path) VALUES (?, ?, ?, ?)")
    try statement.execute(arguments: [run, position, output.artifact.hash, output.path])
  }

  /// Keeps the known properties of an artifact and adds missing ones.
  private static func write(_ artifact: Artifact, to database: Database) throws {
    guard let hash = artifact.hash else { return }
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO artifacts (hash, kind, rows, bytes, columns) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (hash) DO UPDATE SET
          kind = coalesce(kind, excluded.kind), rows = coalesce(rows, excluded.rows),
          bytes = coalesce(bytes, excluded.bytes), columns = coalesce(columns, excluded.columns)
        """)
    try statement.execute(arguments: [
      hash, artifact.kind, artifact.rows, artifact.bytes, artifact.columns,
    ])
  }

  private static func json(_ strings: [String]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(strings), as: UTF8.self)
  }
}
