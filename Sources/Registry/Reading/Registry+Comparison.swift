// What many runs are compared by, read with a few queries instead of several for each run.

import GRDB

/// A run with its settings and summaries of its metrics.
public struct ComparedRun: Sendable, Equatable {
  /// The run.
  public let run: Run
  /// Parameters by key.
  public let parameters: [String: String]
  /// Tags by key.
  public let tags: [String: String]
  /// Summaries of the metrics, by name.
  public let metrics: [String: MetricSummary]
}

extension Registry {
  /// The runs with all that they are compared by, in the given order.
  public func compared(_ runs: [Run]) throws -> [ComparedRun] {
    let ids = runs.map(\.id)
    return try database.read { db in
      let parameters = try Self.pairs(db, "params", of: ids)
      let tags = try Self.pairs(db, "tags", of: ids)
      let metrics = try Self.summaries(db, of: ids)
      return runs.map {
        ComparedRun(
          run: $0, parameters: parameters[$0.id] ?? [:], tags: tags[$0.id] ?? [:],
          metrics: metrics[$0.id] ?? [:])
      }
    }
  }

  /// Summaries of the runs' metrics, by run and name.
  public func metricSummaries(of runs: [Run]) throws -> [String: [String: MetricSummary]] {
    try database.read { try Self.summaries($0, of: runs.map(\.id)) }
  }

  /// The values of a metric at a step, by run. Runs that have none there, or one that is not a number, are left out.
  public func values(of metric: String, atStep step: Int, in runs: [Run]) throws -> [String: Double] {
    let query =
      "SELECT run_id, value FROM metrics WHERE name = ? AND step = ? AND value IS NOT NULL AND run_id"
    return try database.read { db in
      try Self.rows(db, query, [metric, step], of: runs.map(\.id)).reduce(into: [:]) { values, row in
        values[row.text("run_id")] = row.value("value")
      }
    }
  }

  /// The histories of some metrics, by run.
  public func histories(of metrics: [String], in runs: [Run]) throws -> [String: [MetricPoint]] {
    let query = """
      SELECT run_id, name, step, value FROM metrics
      WHERE name IN (\(metrics.map { _ in "?" }.joined(separator: ", "))) AND run_id
      """
    return try database.read { db in
      try Self.rows(db, query, StatementArguments(metrics), of: runs.map(\.id)).reduce(into: [:]) {
        found, row in
        let point = MetricPoint(
          name: row.text("name"), step: row.value("step") ?? 0, value: row.value("value") ?? .nan)
        found[row.text("run_id"), default: []].append(point)
      }
    }
  }

  private static func pairs(
    _ db: Database, _ table: String, of runs: [String]
  ) throws -> [String: [String: String]] {
    try rows(db, "SELECT run_id, key, value FROM \(table) WHERE run_id", of: runs).reduce(into: [:]) {
      found, row in
      found[row.text("run_id"), default: [:]][row.text("key")] = row.text("value")
    }
  }

  private static func summaries(
    _ db: Database, of runs: [String]
  ) throws -> [String: [String: MetricSummary]] {
    let query = """
      SELECT run_id, name AS metric, last_step, last, min_step, min, max_step, max FROM metric_summaries WHERE run_id
      """
    return try rows(db, query, of: runs).reduce(into: [:]) { found, row in
      let summary = MetricSummary(row: row)
      found[row.text("run_id"), default: [:]][summary.name] = summary
    }
  }

  /// The number of runs that one query names; SQLite has a limit for arguments.
  private static let runsPerQuery = 500

  /// The rows of a query that ends with the column of the run's id.
  static func rows(
    _ db: Database, _ query: String, _ arguments: StatementArguments = [], of runs: [String]
  ) throws -> [Row] {
    var found: [Row] = []
    for start in stride(from: 0, to: runs.count, by: runsPerQuery) {
      let part = runs[start..<min(start + runsPerQuery, runs.count)]
      let places = part.map { _ in "?" }.joined(separator: ", ")
      let statement = try db.cachedStatement(sql: "\(query) IN (\(places))")
      found += try Row.fetchAll(statement, arguments: arguments + StatementArguments(part))
    }
    return found
  }
}
