// How a run is named: by its id or a part of it, by the name that it was given, or by how long ago it was.

import Failures
import GRDB

extension Registry {
  /// The run that `text` names: `@-1` is the last run, `@-2` the one before; a name, the last run that has it; otherwise
  /// the beginning of an id, or of its random part.
  /// - Throws: `Failure` (usage) if there is none, or if several ids begin so, which are then listed.
  public func run(_ text: String) throws -> Run {
    guard let found = try namedRun(text) else {
      throw Failure.usage("no run matches", at: text, remedy: "see rnn-runs list")
    }
    return found
  }

  /// The run that `text` names; nil if there is none.
  /// - Throws: `Failure` (usage) if several ids begin so.
  public func namedRun(_ text: String) throws -> Run? {
    if let run = try exactRun(text) { return run }
    let found = try runs(matching: text)
    guard found.count > 1 else { return found.first }
    let candidates = found.prefix(5).map { "\($0.id) \($0.stage)" }.joined(separator: ", ")
    throw Failure.usage(
      "several runs match: \(candidates)\(found.count > 5 ? ", ..." : "")", at: text,
      remedy: "give more characters of the id")
  }

  /// The run that `text` names in full: by its whole id, its name, or its age; nil if there is none.
  public func exactRun(_ text: String) throws -> Run? {
    if text.hasPrefix("@") { return try earlierRun(text) }
    return try find(text) ?? lastRun(name: text)
  }

  /// The run that `@-N` names.
  private func earlierRun(_ text: String) throws -> Run? {
    guard text.hasPrefix("@-"), let number = Int(text.dropFirst(2)), number > 0 else {
      throw Failure.usage("names no run", at: text, remedy: "@-1 is the last run, @-2 the one before")
    }
    let sql = "SELECT * FROM runs ORDER BY id DESC LIMIT 1 OFFSET ?"
    return try database.read { try Run.fetchOne($0, sql: sql, arguments: [number - 1]) }
  }

  private func lastRun(name: String) throws -> Run? {
    var filter = RunFilter()
    (filter.name, filter.limit) = (name, 1)
    return try runs(filter).first
  }

  /// At most ten runs, newest first, found by index: those whose id begins with `text`, else those whose random part
  /// begins with it.
  private func runs(matching text: String) throws -> [Run] {
    guard !text.isEmpty else { return [] }
    return try database.read { db in
      for key in ["id", "substr(id, 20)"] {
        let sql = """
          SELECT * FROM runs WHERE \(key) >= ?1 AND \(key) < ?1 || char(0x10FFFF) ORDER BY \(key) DESC LIMIT 10
          """
        let found = try Run.fetchAll(db, sql: sql, arguments: [text])
        if !found.isEmpty { return found }
      }
      return []
    }
  }
}
