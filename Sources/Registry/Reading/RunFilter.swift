// Which runs to list.

import GRDB

/// Which runs to list.
public struct RunFilter: Sendable, Equatable {
  /// Only runs of this stage; `pad` is short for `rnn-pad`.
  public var stage: String?
  /// Only runs with this status.
  public var status: RunStatus?
  /// Only runs with this name.
  public var name: String?
  /// Only runs with all of these tags; a nil value matches any.
  public var tags: [(key: String, value: String?)] = []
  /// At most this many runs.
  public var limit: Int?

  /// All runs.
  public init() {}

  /// Whether both select the same runs; tags are compared in order.
  public static func == (left: RunFilter, right: RunFilter) -> Bool {
    (left.stage, left.status, left.name, left.limit) == (right.stage, right.status, right.name, right.limit)
      && left.tags.elementsEqual(right.tags) { $0 == $1 }
  }

  /// The conditions in SQL, and their arguments.
  var conditions: (sql: String, arguments: StatementArguments) {
    var terms: [String] = []
    var arguments: StatementArguments = []
    func require(_ term: String, _ values: (any DatabaseValueConvertible)?...) {
      terms.append(term)
      arguments += StatementArguments(values)
    }
    if let stage { require("stage = ?", stage.hasPrefix("rnn-") ? stage : "rnn-" + stage) }
    if let status { require("status = ?", status.rawValue) }
    if let name { require("name = ?", name) }
    for (key, value) in tags {
      let test = "id IN (SELECT run_id FROM tags WHERE key = ?"
      if let value { require(test + " AND value = ?)", key, value) } else { require(test + ")", key) }
    }
    return (terms.isEmpty ? "" : "WHERE " + terms.joined(separator: " AND "), arguments)
  }
}
