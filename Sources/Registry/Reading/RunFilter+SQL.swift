// How the runs that pass a filter are found by index. A condition can hold for a handful of a million runs, or for most
// of them: in the first case those runs are read and sorted, in the second all runs are tried in the wanted order until
// there are enough. Which case it is, is found by counting up to a limit.

import GRDB

/// A part of a query, with its arguments in order.
struct SQLTerm {
  let sql: String
  let arguments: StatementArguments

  init(_ sql: String, _ arguments: StatementArguments = []) { (self.sql, self.arguments) = (sql, arguments) }

  /// All of the terms; true if there are none.
  static func all(_ terms: [SQLTerm]) -> SQLTerm {
    let sql = terms.map(\.sql).joined(separator: " AND ")
    return SQLTerm(sql.isEmpty ? "1" : sql, terms.reduce([]) { $0 + $1.arguments })
  }
}

/// The runs that pass a filter, to be used as `FROM <source> WHERE <condition>`, where `r` is the run.
struct RunSelection {
  let source: SQLTerm
  let condition: SQLTerm
  /// Whether the source has few runs, which can be sorted; otherwise it is all runs.
  let isSmall: Bool
}

extension RunFilter {
  /// The runs that pass.
  func selection(_ db: Database) throws -> RunSelection {
    let conditions = self.conditions
    let rarest = try rarest(of: conditions, db)
    let others = conditions.indices.filter { $0 != rarest }.map { conditions[$0].holds }
    guard let rarest else {
      return RunSelection(source: SQLTerm("runs r"), condition: .all(others), isSmall: false)
    }
    let runs = conditions[rarest].runs
    let source = SQLTerm("(\(runs.sql)) found CROSS JOIN runs r ON r.id = found.run_id", runs.arguments)
    return RunSelection(source: source, condition: .all(others), isSmall: true)
  }

  /// A condition: the ids of the runs for which it holds, and whether it holds for the run `r`.
  private struct Condition {
    let runs: SQLTerm
    let holds: SQLTerm

    /// A condition on the run's own columns.
    init(_ test: String, _ arguments: StatementArguments) {
      runs = SQLTerm("SELECT r.id AS run_id FROM runs r WHERE \(test)", arguments)
      holds = SQLTerm(test, arguments)
    }

    /// A condition on the row of another table that belongs to the run; at most one holds for a run.
    init(table: String, _ test: SQLTerm) {
      runs = SQLTerm("SELECT run_id FROM \(table) WHERE \(test.sql)", test.arguments)
      holds = SQLTerm("EXISTS (SELECT 1 FROM \(table) WHERE run_id = r.id AND \(test.sql))", test.arguments)
    }

    private init(runs: SQLTerm, holds: SQLTerm) { (self.runs, self.holds) = (runs, holds) }

    /// A run has a metric; it may have several.
    static let hasMetrics = Condition(
      runs: SQLTerm("SELECT DISTINCT run_id FROM metric_summaries"),
      holds: SQLTerm("EXISTS (SELECT 1 FROM metric_summaries WHERE run_id = r.id)"))
  }

  /// The number of runs that are few enough to be read and sorted.
  private static let few = 10_000

  /// The condition that holds for the fewest runs, if they are few.
  private func rarest(of conditions: [Condition], _ db: Database) throws -> Int? {
    var rarest: (index: Int, count: Int)?
    for (index, condition) in conditions.enumerated() {
      let sql = "SELECT count(*) FROM (\(condition.runs.sql) LIMIT \(Self.few + 1))"
      let count = try Int.fetchOne(db, sql: sql, arguments: condition.runs.arguments) ?? 0
      if count <= Self.few, count < rarest?.count ?? .max { rarest = (index, count) }
    }
    return rarest?.index
  }

  private var conditions: [Condition] {
    own + tags.map { Condition(table: "tags", $0.test) }
      + parameters.map { Condition(table: "params", $0.test) }
      + metrics.map { Condition(table: "metric_summaries", $0.test) }
      + (hasMetrics ? [.hasMetrics] : [])
  }

  /// The conditions on the run itself. Ids begin with the time, and are searched by it.
  private var own: [Condition] {
    var terms: [Condition] = []
    if let stage {
      terms.append(Condition("r.stage = ?", [stage.hasPrefix("rnn-") ? stage : "rnn-" + stage]))
    }
    if let status { terms.append(Condition("r.status = ?", [status.rawValue])) }
    if let name { terms.append(Condition("r.name = ?", [name])) }
    if since != nil || until != nil {
      let end = until?.compactText ?? "\u{10FFFF}"
      terms.append(Condition("r.id >= ? AND r.id < ?", [since?.compactText ?? "", end]))
    }
    return terms
  }
}

extension TagCondition {
  fileprivate var test: SQLTerm {
    value.map { SQLTerm("key = ? AND value = ?", [key, $0]) } ?? SQLTerm("key = ?", [key])
  }
}

extension ParameterCondition {
  /// Sizes of numbers are compared only with texts that are numbers.
  fileprivate var test: SQLTerm {
    let isSize = comparison != .equal && comparison != .notEqual
    guard isSize, let number = Double(value) else {
      return SQLTerm("key = ? AND value \(comparison.rawValue) ?", [key, value])
    }
    let isNumber = "CASE WHEN json_valid(value) THEN json_type(value) IN ('integer', 'real') END"
    return SQLTerm("key = ? AND \(isNumber) AND value + 0.0 \(comparison.rawValue) ?", [key, number])
  }
}

extension MetricCondition {
  fileprivate var test: SQLTerm {
    SQLTerm("name = ? AND \(statistic.rawValue) \(comparison.rawValue) ?", [name, value])
  }
}
