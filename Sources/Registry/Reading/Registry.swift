// Reading the registry: runs by filter, everything about one run, metrics.

import Failures
import Foundation
import GRDB

/// A registry of runs, open for reading. If the file is writable, opening updates it: runs in the spool are imported,
/// and runs whose process no longer exists become `interrupted`.
public final class Registry: Sendable {
  let database: RegistryDatabase
  /// One line for each problem that occurred while opening and does not prevent reading.
  public let warnings: [String]

  /// Opens an existing registry.
  /// - Throws: `Failure` if there is none, it is damaged, or it has a newer version.
  public convenience init(_ location: RegistryLocation) throws {
    try self.init(location, patience: RegistryDatabase.defaultPatience)
  }

  /// - Parameter patience: how many seconds to wait for others.
  init(_ location: RegistryLocation, patience: Double) throws {
    // After a timeout here, the next attempt doesn't wait again.
    let waiting = WaitingTime(limit: patience)
    do {
      let database = try RegistryDatabase(location, mode: .update, waiting: waiting)
      var warnings = try RunSpool(location).importRuns(database)
      warnings += try Registry.markVanished(database)
      ProgressFolder(location).removeAbandoned()
      (self.database, self.warnings) = (database, warnings)
    } catch let failure as Failure where failure.kind == .cantCreate || failure.kind == .io {
      database = try RegistryDatabase(location, mode: .read, waiting: waiting)
      warnings = ["\(failure.withoutRemedy); it is read without being updated"]
    }
  }

  /// Opens an existing registry without changing anything.
  /// - Parameter patience: how many seconds to wait for others.
  init(reading location: RegistryLocation, patience: Double) throws {
    database = try RegistryDatabase(location, mode: .read, waiting: WaitingTime(limit: patience))
    warnings = []
  }

  /// Marks this host's `running` runs whose process is no longer alive.
  private static func markVanished(_ database: RegistryDatabase) throws -> [String] {
    let sql = "SELECT id, pid, process_start FROM runs WHERE status = 'running' AND host = ?"
    let vanished = try database.read { db in
      try Row.fetchAll(db, sql: sql, arguments: [hostName()]).compactMap { row -> String? in
        guard let process: Int32 = row.value("pid") else { return nil }
        return ProcessIdentity(pid: process, start: row.text("process_start")).liveness == .ended
          ? row.text("id") : nil
      }
    }
    guard !vanished.isEmpty else { return [] }
    try database.write { db in
      for id in vanished {
        try db.execute(
          sql: """
            UPDATE runs SET status = 'interrupted', error = 'the process ended without reporting'
            WHERE id = ? AND status = 'running'
            """, arguments: [id])
      }
    }
    return []
  }
}

// MARK: - Runs

extension Registry {
  /// The runs that pass the filter, newest first.
  public func runs(_ filter: RunFilter = RunFilter()) throws -> [Run] {
    try database.read { db in
      let selection = try filter.selection(db)
      let sql = """
        SELECT r.* FROM \(selection.source.sql) WHERE \(selection.condition.sql)
        ORDER BY r.id DESC LIMIT \(filter.limit ?? -1)
        """
      return try Run.fetchAll(
        db, sql: sql, arguments: selection.source.arguments + selection.condition.arguments)
    }
  }

  /// Calls `body` with the runs that pass the filter, oldest first, some at a time, so that they need little memory.
  public func forEachRun(_ filter: RunFilter, _ body: ([Run]) throws -> Void) throws {
    var last = ""
    while true {
      let runs = try database.read { db in
        let selection = try filter.selection(db)
        let sql = """
          SELECT r.* FROM \(selection.source.sql) WHERE r.id > ? AND \(selection.condition.sql)
          ORDER BY r.id LIMIT 500
          """
        let arguments = selection.source.arguments + [last] + selection.condition.arguments
        return try Run.fetchAll(db, sql: sql, arguments: arguments)
      }
      guard let newest = runs.last else { return }
      try body(runs)
      last = newest.id
    }
  }

  /// The run with this id, if it is in the registry.
  public func find(_ id: String) throws -> Run? {
    try database.read { try Run.fetchOne($0, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id]) }
  }

  /// Everything about one run.
  /// - Parameter id: a complete id.
  public func details(of id: String) throws -> RunDetails {
    let run = try run(id)
    return try database.read { db in
      RunDetails(
        run: run, parameters: try Self.pairs(db, "params", run.id), tags: try Self.pairs(db, "tags", run.id),
        lastMetrics: try Self.points(db, "last_metrics", run.id, name: nil),
        inputs: try Self.inputs(db, run.id), outputs: try Self.outputs(db, run.id))
    }
  }

  private static func pairs(_ db: Database, _ table: String, _ run: String) throws -> [String: String] {
    let rows = try Row.fetchAll(db, sql: "SELECT key, value FROM \(table) WHERE run_id = ?", arguments: [run])
    return Dictionary(rows.map { ($0.text("key"), $0.text("value")) }) { $1 }
  }

  private static func inputs(_ db: Database, _ run: String) throws -> [RecordedInput] {
    let sql = """
      SELECT l.path, l.upstream_run_id, l.upstream_stage, i.upstream_host, l.upstream_known,
        l.artifact_hash AS hash, a.kind, a.rows, a.bytes, a.columns
      FROM lineage l JOIN inputs i ON i.run_id = l.run_id AND i.position = l.position
      LEFT JOIN artifacts a ON a.hash = l.artifact_hash
      WHERE l.run_id = ? ORDER BY l.position
      """
    return try Row.fetchAll(db, sql: sql, arguments: [run]).map { RecordedInput(row: $0) }
  }

  private static func outputs(_ db: Database, _ run: String) throws -> [RunOutput] {
    let sql = """
      SELECT path, artifact_hash AS hash, kind, rows, bytes, columns
      FROM stage_outputs WHERE run_id = ? ORDER BY position
      """
    return try Row.fetchAll(db, sql: sql, arguments: [run]).map {
      RunOutput(Artifact(row: $0), path: $0.value("path"))
    }
  }
}

extension RecordedInput {
  /// A row of the view `lineage`, with the columns of its artifact.
  init(row: Row) {
    let upstream = (row.value("upstream_run_id") as String?).map {
      Upstream(run: $0, stage: row.value("upstream_stage"), host: row.value("upstream_host"))
    }
    self.init(
      artifact: Artifact(row: row), path: row.value("path"), upstream: upstream,
      isUpstreamKnown: row.value("upstream_known") ?? false)
  }
}

extension Artifact {
  init(row: Row) {
    self.init(
      hash: row.value("hash"), kind: row.value("kind"), rows: row.value("rows"), bytes: row.value("bytes"),
      columns: row.value("columns"))
  }
}

// MARK: - Metrics

extension Registry {
  /// The history of a run's metrics, by name and step.
  /// - Parameters:
  ///   - run: a complete id.
  ///   - name: only this metric.
  public func metrics(of run: String, name: String? = nil) throws -> [MetricPoint] {
    try database.read { try Self.points($0, "metrics", run, name: name) }
  }

  private static func points(
    _ db: Database, _ table: String, _ run: String, name: String?
  ) throws -> [MetricPoint] {
    let sql = """
      SELECT name, step, value FROM \(table)
      WHERE run_id = ? AND (? IS NULL OR name = ?) ORDER BY name, step
      """
    return try Row.fetchAll(db, sql: sql, arguments: [run, name, name]).map { row in
      MetricPoint(
        name: row.text("name"), step: row.value("step") ?? 0, value: row.value("value") ?? Double.nan)
    }
  }
}
