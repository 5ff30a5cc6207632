// What a user changes in the registry afterwards: tags, names, and runs that are no longer wanted.

import Failures
import GRDB

extension Registry {
  /// The key of the tag that has a run's note.
  public static let noteKey = "note"

  /// Sets and removes tags of a run.
  /// - Parameters:
  ///   - run: a complete id.
  ///   - tags: the new tags; a value of nil removes the tag.
  /// - Throws: `Failure` if the registry can't be written.
  public func change(tags: [(key: String, value: String?)], of run: String) throws {
    try database.write { db in
      for (key, value) in tags {
        if let value {
          try db.execute(
            sql: "INSERT OR REPLACE INTO tags (run_id, key, value) VALUES (?, ?, ?)",
            arguments: [run, key, value])
        } else {
          try db.execute(sql: "DELETE FROM tags WHERE run_id = ? AND key = ?", arguments: [run, key])
        }
      }
    }
  }

  /// Gives a run a name, or none.
  /// - Throws: `Failure` if the registry can't be written.
  public func rename(_ run: String, to name: String?) throws {
    try database.write {
      try $0.execute(sql: "UPDATE runs SET name = ? WHERE id = ?", arguments: [name, run])
    }
  }

  /// Removes runs with all that is recorded of them; the files that they wrote stay. Data that no other run has read or
  /// written is forgotten too.
  /// - Parameter runs: complete ids.
  /// - Throws: `Failure` if the registry can't be written.
  public func remove(_ runs: [String]) throws {
    try database.write { db in
      for run in runs {
        let hashes = try String.fetchAll(
          db,
          sql: """
            SELECT artifact_hash FROM inputs WHERE run_id = ?1 AND artifact_hash IS NOT NULL
            UNION SELECT artifact_hash FROM outputs WHERE run_id = ?1 AND artifact_hash IS NOT NULL
            """, arguments: [run])
        try db.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [run])
        for hash in hashes { try Self.removeUnused(hash, db) }
      }
    }
  }

  /// Those of some runs from whose data runs other than these were made, directly or over several stages.
  /// - Parameter runs: complete ids.
  public func neededByOthers(_ runs: [String]) throws -> Set<String> {
    try database.read { db in
      let statement = try db.cachedStatement(sql: "SELECT run_id FROM inputs WHERE upstream_run_id = ?")
      let readers = try runs.reduce(into: [:]) { $0[$1] = try String.fetchAll(statement, arguments: [$1]) }
      var (kept, found) = (Set<String>(), runs)
      var candidates = Set(runs)
      // A run that is kept needs those upstream of it, too; most are found in one pass, as readers are newer.
      repeat {
        found = candidates.filter { readers[$0, default: []].contains { !candidates.contains($0) } }
        candidates.subtract(found)
        kept.formUnion(found)
      } while !found.isEmpty
      return kept
    }
  }

  private static func removeUnused(_ hash: String, _ db: Database) throws {
    try db.execute(
      sql: """
        DELETE FROM artifacts WHERE hash = ?1
          AND NOT EXISTS (SELECT 1 FROM inputs WHERE artifact_hash = ?1)
          AND NOT EXISTS (SELECT 1 FROM outputs WHERE artifact_hash = ?1)
        """, arguments: [hash])
  }
}
