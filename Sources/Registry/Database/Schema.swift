// The database's tables and views, and the migration of databases from earlier versions. A migration is never edited
// once it has been released: a change is a new migration with a new version.

import Failures
import Foundation
import GRDB

/// The schema's versions.
enum Schema {
  /// The version that this program writes; that of a database is in `PRAGMA user_version`.
  static let version = 2
  /// `RNNR`: `PRAGMA application_id` of every registry.
  static let applicationID = 0x524E_4E52

  private static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    migrator.registerMigration("2") { try $0.execute(sql: version2) }
    return migrator
  }()

  /// Migrates the database to this version. Several processes may do so at the same time: a migration is one
  /// immediate transaction, and the others find that the version has been raised.
  /// - Throws: `Failure` (data) if the version is still too low after a migration, which the tables then don't need.
  static func prepare(_ queue: DatabaseQueue) throws {
    var found = try queue.read(checkedVersion)
    while found < version {
      let before = found
      do {
        try migrator.migrate(queue)
      } catch let error as DatabaseError where error.resultCode != .SQLITE_BUSY {
        if try queue.read(checkedVersion) <= before { throw error }
      }
      found = try queue.read(checkedVersion)
      guard found > before else { throw contradiction(found) }
    }
  }

  private static func contradiction(_ found: Int) -> Failure {
    .data(
      "the registry claims version \(found), but its tables are those of a later one",
      remedy: "restore it from a backup, or, if its tables are intact, run: PRAGMA user_version = \(version)")
  }

  /// The database's version, 0 for an empty one; throws for one that is newer or not a registry.
  static func checkedVersion(_ database: Database) throws -> Int {
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let owner = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    if owner != applicationID {
      let foreign = """
        SELECT count(*) FROM sqlite_master
        WHERE name NOT LIKE 'grdb_migrations' AND name NOT LIKE 'sqlite_%'
        """
      let others = try Int.fetchOne(database, sql: foreign) ?? 0
      if owner != 0 || found != 0 || others > 0 {
        throw Failure.data(
          "the database is not a registry of runs", remedy: "name another file with --registry")
      }
    }
    if found > version {
      throw Failure.data(
        "the registry was written by a newer rnnpipe (schema \(found); this version supports \(version))",
        remedy: "update rnnpipe")
    }
    return found
  }
}
