// Summaries of metrics, and runs in their order.

import GRDB

/// A metric's last and extreme values in one run. A value that is not a number is nil.
public struct MetricSummary: Sendable, Equatable {
  /// The metric's name.
  public let name: String
  /// The last step, and the value there.
  public let lastStep: Int
  public let last: Double?
  /// The smallest value, and the step at which it was reached first.
  public let minStep: Int?
  public let min: Double?
  /// The largest value, and the step at which it was reached first.
  public let maxStep: Int?
  public let max: Double?

  /// The value that `statistic` means, and its step; nil if it is not a number.
  public subscript(statistic: MetricStatistic) -> MetricPoint? {
    switch statistic {
    case .last: last.map { MetricPoint(name: name, step: lastStep, value: $0) }
    case .min: point(minStep, min)
    case .max: point(maxStep, max)
    }
  }

  private func point(_ step: Int?, _ value: Double?) -> MetricPoint? {
    guard let step, let value else { return nil }
    return MetricPoint(name: name, step: step, value: value)
  }
}

extension MetricSummary {
  /// The columns that `init` reads, in order.
  static let columns = lastColumns + ["min_step", "min", "max_step", "max"]
  /// Those of the last value alone, in order.
  static let lastColumns = ["name", "last_step", "last"]

  /// - Parameter first: the position of the first of `columns`, or of `lastColumns`, in the row; extreme values of a row
  ///   that doesn't have them are nil.
  init(row: Row, first: Int) {
    name = row.text(at: first)
    (lastStep, last) = (row.value(at: first + 1) ?? 0, row.value(at: first + 2))
    (minStep, min) = (row.value(at: first + 3), row.value(at: first + 4))
    (maxStep, max) = (row.value(at: first + 5), row.value(at: first + 6))
  }
}

/// A run, and a metric of it.
public struct RankedRun: Sendable, Equatable {
  /// The run.
  public let run: Run
  /// The metric by which it is ranked.
  public let metric: MetricSummary
}

extension Registry {
  /// The runs with the best values of a metric, the best first; of equal ones, the earliest.
  /// - Parameters:
  ///   - metric: the metric's name; runs without it, or without a number, are left out.
  ///   - statistic: which value of a run's history counts.
  ///   - largest: whether the largest value is the best.
  ///   - filter: which runs, and how many.
  public func ranking(
    by metric: String, _ statistic: MetricStatistic, largest: Bool, _ filter: RunFilter
  ) throws -> [RankedRun] {
    let value = "s.\(statistic.rawValue)"
    let order = "\(value) \(largest ? "DESC" : "ASC"), s.run_id \(largest ? "DESC" : "ASC")"
    return try database.read { db in
      let selection = try filter.selection(db)
      // Of few runs, each one's metric is read; of many, the metric's index gives them in order.
      let source =
        selection.isSmall
        ? "\(selection.source.sql) CROSS JOIN metric_summaries s ON s.run_id = r.id"
        : "metric_summaries s CROSS JOIN runs r ON r.id = s.run_id"
      let columns = MetricSummary.columns.map { "s.\($0)" }.joined(separator: ", ")
      let sql = """
        SELECT r.*, \(columns)
        FROM \(source) WHERE s.name = ? AND \(value) IS NOT NULL AND \(selection.condition.sql)
        ORDER BY \(order) LIMIT \(filter.limit ?? -1)
        """
      let arguments = selection.source.arguments + [metric] + selection.condition.arguments
      return try Row.fetchAll(db, sql: sql, arguments: arguments).map {
        RankedRun(
          run: Run(row: $0), metric: MetricSummary(row: $0, first: $0.count - MetricSummary.columns.count))
      }
    }
  }

  /// The names of all metrics in the registry, sorted.
  public func metricNames() throws -> [String] {
    try names(from: "metric_summaries", column: "name")
  }

  /// The keys of all parameters in the registry, sorted.
  public func parameterNames() throws -> [String] { try names(from: "params", column: "key") }

  /// The distinct values of an indexed column, each found by one search.
  private func names(from table: String, column: String) throws -> [String] {
    try database.read { db in
      var found: [String] = []
      let sql = "SELECT min(\(column)) FROM \(table) WHERE \(column) > ?"
      while let next = try String.fetchOne(db, sql: sql, arguments: [found.last ?? ""]) { found.append(next) }
      return found
    }
  }
}
