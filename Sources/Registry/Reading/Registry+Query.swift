// Queries given by the user. The connection is read-only, and a statement that is not a query is rejected before it
// is run.

import Failures
import GRDB

/// A value of a query's result.
public enum QueryValue: Sendable, Equatable {
  /// SQL's NULL.
  case null
  /// A 64-bit integer.
  case integer(Int64)
  /// A floating-point number.
  case number(Double)
  /// Text.
  case text(String)
  /// Bytes.
  case bytes([UInt8])
}

extension Registry {
  /// Runs one query on a read-only connection, row by row.
  /// - Parameters:
  ///   - sql: a single statement that returns rows and changes nothing.
  ///   - columns: called once, with the columns' names.
  ///   - row: called with the values of each row.
  /// - Throws: `Failure` (usage) with SQLite's message for an invalid statement; any error of the closures.
  public static func query(
    _ sql: String, at location: RegistryLocation, columns: ([String]) throws -> Void,
    row: ([QueryValue]) throws -> Void
  ) throws {
    let database = try RegistryDatabase(location, mode: .read)
    try database.queue.read { db in
      let statement = try prepare(sql, in: db, at: location)
      try columns(statement.columnNames)
      let cursor = try Row.fetchCursor(statement)
      while let next = try step(cursor, at: location) { try row(next.databaseValues.map(QueryValue.init)) }
    }
  }

  private static func prepare(_ sql: String, in db: Database, at location: RegistryLocation) throws
    -> Statement
  {
    let statements: [Statement]
    do {
      var found: [Statement] = []
      let cursor = try db.allStatements(sql: sql)
      while let statement = try cursor.next() { found.append(statement) }
      statements = found
    } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
      throw Failure.usage("SQLite reports: \(error.message ?? "invalid statement")", at: "sql")
    } catch {
      throw RegistryDatabase.failure(error, at: location)
    }
    guard let statement = statements.first, statements.count == 1, statement.isReadonly,
      statement.columnCount > 0
    else {
      throw Failure.usage(
        "only a single read-only query is allowed", at: "sql",
        remedy: "use a single SELECT")
    }
    return statement
  }

  private static func step(_ cursor: RowCursor, at location: RegistryLocation) throws -> Row? {
    do {
      return try cursor.next()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
      throw Failure.usage("SQLite reports: \(error.message ?? "invalid statement")", at: "sql")
    } catch {
      throw RegistryDatabase.failure(error, at: location)
    }
  }
}

extension QueryValue {
  init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let number): self = .integer(number)
    case .double(let number): self = .number(number)
    case .string(let text): self = .text(text)
    case .blob(let data): self = .bytes([UInt8](data))
    }
  }
}
