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
  /// - Parameters:
  ///   - withTags: whether their tags are read, too.
  ///   - withExtremes: whether the smallest and largest values of metrics are read, too.
  public func compared(_ runs: [Run], withTags: Bool = true, withExtremes: Bool = true) throws
    -> [ComparedRun]
  {
    let ids = runs.map(\.id)
    return try database.read { db in
      let parameters = try Self.pairs(db, "params", of: ids)
      let tags = withTags ? try Self.pairs(db, "tags", of: ids) : [:]
      let columns = withExtremes ? MetricSummary.columns : MetricSummary.lastColumns
      let metrics = try Self.summaries(db, columns, of: ids)
      return runs.map {
        ComparedRun(
          run: $0, parameters: parameters[$0.id] ?? [:], tags: tags[$0.id] ?? [:],
          metrics: metrics[$0.id] ?? [:])
      }
    }
  }

  /// Summaries of the runs' metrics, by run and name.
  public func metricSummaries(of runs: [Run]) throws -> [String: [String: MetricSummary]] {
    try database.read { try Self.summaries($0, MetricSummary.columns, of: runs.map(\.id)) }
  }

  /// The values of a metric at a step, by run. Runs that have none there, or one that is not a number, are left out.
  public func values(of metric: String, atStep step: Int, in runs: [Run]) throws -> [String: Double] {
    let query =
      "SELECT run_id, value FROM metrics WHERE name = ? AND step = ? AND value IS NOT NULL AND run_id"
    return try database.read { db in
      var found: [String: Double] = [:]
      try Self.forEachRow(db, query, [metric, step], of: runs.map(\.id)) {
        found[$0.text(at: 0)] = $0.value(at: 1)
      }
      return found
    }
  }

  /// The histories of some metrics, by run.
  public func histories(of metrics: [String], in runs: [Run]) throws -> [String: [MetricPoint]] {
    let query = """
      SELECT run_id, name, step, value FROM metrics
      WHERE name IN (\(metrics.map { _ in "?" }.joined(separator: ", "))) AND run_id
      """
    return try database.read { db in
      var found: [String: [MetricPoint]] = [:]
      try Self.forEachRow(db, query, StatementArguments(metrics), of: runs.map(\.id)) { row in
        let point = MetricPoint(
          name: row.text(at: 1), step: row.value(at: 2) ?? 0, value: row.value(at: 3) ?? .nan)
        found[row.text(at: 0), default: []].append(point)
      }
      return found
    }
  }

  private static func pairs(
    _ db: Database, _ table: String, of runs: [String]
  ) throws -> [String: [String: String]] {
    var found: [String: [String: String]] = [:]
    try forEachRow(db, "SELECT run_id, key, value FROM \(table) WHERE run_id", of: runs) { row in
      found[row.text(at: 0), default: [:]][row.text(at: 1)] = row.text(at: 2)
    }
    return found
  }

  private static func summaries(
    _ db: Database, _ columns: [String], of runs: [String]
  ) throws -> [String: [String: MetricSummary]] {
    let columns = columns.joined(separator: ", ")
    var found: [String: [String: MetricSummary]] = [:]
    try forEachRow(db, "SELECT run_id, \(columns) FROM metric_summaries WHERE run_id", of: runs) { row in
      let summary = MetricSummary(row: row, first: 1)
      found[row.text(at: 0), default: [:]][summary.name] = summary
    }
    return found
  }

  /// The number of runs that one query names; SQLite has a limit for arguments.
  private static let runsPerQuery = 500

  /// Calls `body` with the rows of a query that ends with the column of the run's id. A row is valid only in the call.
  static func forEachRow(
    _ db: Database, _ query: String, _ arguments: StatementArguments = [], of runs: [String],
    _ body: (Row) -> Void
  ) throws {
    for start in stride(from: 0, to: runs.count, by: runsPerQuery) {
      let part = runs[start..<min(start + runsPerQuery, runs.count)]
      let places = part.map { _ in "?" }.joined(separator: ", ")
      let statement = try db.cachedStatement(sql: "\(query) IN (\(places))")
      let rows = try Row.fetchCursor(statement, arguments: arguments + StatementArguments(part))
      while let row = try rows.next() { body(row) }
    }
  }
}
