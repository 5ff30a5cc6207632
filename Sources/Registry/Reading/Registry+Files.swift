// The data that many runs read and wrote, with one query for hundreds of them.

import GRDB

/// The data that a run read and wrote.
public struct RunFiles: Sendable {
  /// The inputs, in order, with their positions.
  public var inputs: [(position: Int, input: RecordedInput)] = []
  /// The outputs, in order, with their positions.
  public var outputs: [(position: Int, output: RunOutput)] = []

  /// No data.
  public init() {}
}

extension Registry {
  /// The inputs and outputs of the runs, by run; a run that has none is left out.
  /// - Parameter ids: complete ids.
  public func files(of ids: [String]) throws -> [String: RunFiles] {
    try database.read { db in
      var found: [String: RunFiles] = [:]
      try Self.forEachRow(db, Self.inputsOfRuns, of: ids) { row in
        let input = (position: row.value("position") ?? 0, input: RecordedInput(row: row))
        found[row.text("run_id"), default: RunFiles()].inputs.append(input)
      }
      try Self.forEachRow(db, Self.outputsOfRuns, of: ids) { row in
        let output = RunOutput(Artifact(row: row), path: row.value("path"))
        found[row.text("run_id"), default: RunFiles()].outputs.append((row.value("position") ?? 0, output))
      }
      for run in found.keys {
        found[run]?.inputs.sort { $0.position < $1.position }
        found[run]?.outputs.sort { $0.position < $1.position }
      }
      return found
    }
  }

  /// Runs that started after the one with the id `last`, oldest first.
  /// - Parameter limit: at most this many.
  public func runs(after last: String, limit: Int) throws -> [Run] {
    try database.read {
      try Run.fetchAll(
        $0, sql: "SELECT * FROM runs WHERE id > ? ORDER BY id LIMIT ?", arguments: [last, limit])
    }
  }

  /// The number of runs that pass the filter, whatever its limit is.
  public func count(_ filter: RunFilter) throws -> Int {
    try database.read { db in
      let selection = try filter.selection(db)
      let sql = "SELECT count(*) FROM \(selection.source.sql) WHERE \(selection.condition.sql)"
      let arguments = selection.source.arguments + selection.condition.arguments
      return try Int.fetchOne(db, sql: sql, arguments: arguments) ?? 0
    }
  }

  private static let inputsOfRuns = """
    SELECT l.run_id, l.position, l.path, l.upstream_run_id, l.upstream_stage, i.upstream_host, l.upstream_known,
      l.artifact_hash AS hash, a.kind, a.rows, a.bytes, a.columns
    FROM lineage l JOIN inputs i ON i.run_id = l.run_id AND i.position = l.position
    LEFT JOIN artifacts a ON a.hash = l.artifact_hash
    WHERE l.run_id
    """

  private static let outputsOfRuns = """
    SELECT o.run_id, o.position, o.path, o.artifact_hash AS hash, a.kind, a.rows, a.bytes, a.columns
    FROM outputs o LEFT JOIN artifacts a ON a.hash = o.artifact_hash WHERE o.run_id
    """
}
