// Runs in any order, by their ids alone: those of a million runs take little memory, and what is shown of them is read
// when it is shown.

import GRDB

/// What runs are sorted by. Runs without a value are last in any direction.
public enum RunOrder: Sendable, Equatable {
  case started, ended, name, stage, status, time, command, error
  case parameter(String)
  case tag(String)
  case metric(String, MetricStatistic)
}

/// The ids of many runs, in little memory.
public struct RunIDs: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// The number of ids.
  public var count: Int { ends.count }

  /// The id at an index below `count`.
  public subscript(index: Int) -> String {
    String(decoding: bytes[(index > 0 ? ends[index - 1] : 0)..<ends[index]], as: UTF8.self)
  }

  /// Where an id is; nil if it is none of these.
  public func firstIndex(of id: String) -> Int? { (0..<count).first { matches($0, id) } }

  private func matches(_ index: Int, _ id: String) -> Bool {
    let range = (index > 0 ? ends[index - 1] : 0)..<ends[index]
    return range.count == id.utf8.count && bytes[range].elementsEqual(id.utf8)
  }

  /// No ids.
  public init() {}

  mutating func append(_ id: String) {
    bytes += id.utf8
    ends.append(bytes.count)
  }
}

extension Registry {
  /// The ids of the runs that pass a filter and contain all of some texts.
  /// - Parameters:
  ///   - texts: each must occur in the run's id, stage, name, command line, error or tags, in any case of ASCII letters.
  ///   - order: what the runs are sorted by.
  public func ids(
    _ filter: RunFilter, containing texts: [String] = [], by order: RunOrder, descending: Bool
  ) throws -> RunIDs {
    try database.read { db in
      if texts.isEmpty, filter == RunFilter(), let indexed = order.indexed(descending: descending) {
        return try Self.ids(db, indexed)
      }
      let selection = try filter.selection(db)
      let condition = SQLTerm.all([selection.condition] + texts.map(Self.contains))
      let join = order.join
      let sql = """
        SELECT r.id FROM \(selection.source.sql) \(join.sql) WHERE \(condition.sql)
        ORDER BY \(order.terms(descending: descending)) LIMIT \(filter.limit ?? -1)
        """
      let cursor = try String.fetchCursor(
        db, sql: sql, arguments: selection.source.arguments + join.arguments + condition.arguments)
      var ids = RunIDs()
      while let id = try cursor.next() { ids.append(id) }
      return ids
    }
  }

  /// The ids of all runs: those with a value in the order of an index, then the others, newest first. That is several
  /// times faster than looking for the value of each run.
  private static func ids(_ db: Database, _ indexed: SQLTerm) throws -> RunIDs {
    var (ids, found) = (RunIDs(), Set<String>())
    let cursor = try String.fetchCursor(db, sql: indexed.sql, arguments: indexed.arguments)
    while let id = try cursor.next() {
      ids.append(id)
      found.insert(id)
    }
    let all = try String.fetchCursor(db, sql: "SELECT id FROM runs ORDER BY id DESC")
    while let id = try all.next() { if !found.contains(id) { ids.append(id) } }
    return ids
  }

  /// The runs with these ids, in their order; those that are not in the registry are left out.
  public func runs(withIDs ids: [String]) throws -> [Run] {
    var byID: [String: Run] = [:]
    try database.read { db in
      try Self.forEachRow(db, "SELECT * FROM runs WHERE id", of: ids) { row in
        let run = Run(row: row)
        byID[run.id] = run
      }
    }
    return ids.compactMap { byID[$0] }
  }

  private static func contains(_ text: String) -> SQLTerm {
    let columns = ["r.id", "r.stage", "r.name", "r.argv", "r.error"]
    let tests =
      columns.map { "\($0) LIKE ? ESCAPE '\\'" } + [
        "EXISTS (SELECT 1 FROM tags WHERE run_id = r.id AND key || '=' || value LIKE ? ESCAPE '\\')"
      ]
    let pattern = "%" + escaped(text) + "%"
    // The command line is JSON.
    let quoted = "%" + escaped(escaped(text, letters: "\\\"")) + "%"
    let arguments = columns.map { $0 == "r.argv" ? quoted : pattern } + [pattern]
    return SQLTerm("(\(tests.joined(separator: " OR ")))", StatementArguments(arguments))
  }

  /// `text` with a backslash before each of `letters`.
  private static func escaped(_ text: String, letters: String = "\\%_") -> String {
    text.reduce(into: "") { $0 += (letters.contains($1) ? "\\" : "") + String($1) }
  }
}

extension RunOrder {
  /// The table of the value, as `k`.
  fileprivate var join: SQLTerm {
    switch self {
    case .parameter(let key):
      SQLTerm("LEFT JOIN params k ON k.run_id = r.id AND k.key = ?", [key])
    case .tag(let key): SQLTerm("LEFT JOIN tags k ON k.run_id = r.id AND k.key = ?", [key])
    case .metric(let name, _):
      SQLTerm("LEFT JOIN metric_summaries k ON k.run_id = r.id AND k.name = ?", [name])
    default: SQLTerm("")
    }
  }

  /// The runs with a value in its order, from an index alone; nil if there is none.
  fileprivate func indexed(descending: Bool) -> SQLTerm? {
    switch self {
    case .parameter(let key):
      SQLTerm("SELECT run_id FROM params k WHERE key = ? ORDER BY \(sorted(descending, by: "run_id"))", [key])
    case .metric(let name, let statistic):
      SQLTerm(
        """
        SELECT run_id FROM metric_summaries WHERE name = ? AND \(statistic.rawValue) IS NOT NULL
        ORDER BY \(statistic.rawValue) \(descending ? "DESC" : "ASC"), run_id DESC
        """, [name])
    default: nil
    }
  }

  private var value: String {
    switch self {
    case .started: "r.id"
    case .ended: "r.ended_at"
    case .name: "r.name"
    case .stage: "r.stage"
    case .status: "r.status"
    case .time: "r.wall_s"
    case .command: "r.argv"
    case .error: "r.error"
    case .parameter, .tag: "k.value"
    case .metric(_, let statistic): "k.\(statistic.rawValue)"
    }
  }

  fileprivate func terms(descending: Bool) -> String {
    guard self != .started else { return "r.id \(descending ? "DESC" : "ASC")" }
    return "\(value) IS NULL, \(sorted(descending, by: "r.id"))"
  }

  /// Numbers that are stored as text come first, by size; of equal values, the newest run.
  private func sorted(_ descending: Bool, by id: String) -> String {
    let direction = descending ? "DESC" : "ASC"
    var terms: [String] = []
    switch self {
    case .parameter, .tag:
      let isNumber = "CASE WHEN json_valid(k.value) THEN json_type(k.value) IN ('integer', 'real') ELSE 0 END"
      terms = ["NOT \(isNumber)", "CASE WHEN \(isNumber) THEN k.value + 0.0 END \(direction)"]
    default: break
    }
    return (terms + ["\(value) \(direction)", "\(id) DESC"]).joined(separator: ", ")
  }
}
