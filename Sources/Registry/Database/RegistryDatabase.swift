// A process's only connection to the registry: a rollback journal, every write in an immediate transaction, and a
// limited wait for other writers.
//
// Not WAL: with several writers it can corrupt a database in SQLite before 3.51.3, and it does not work
// on network file systems. Not memory-mapped, for the same reason. `synchronous` stays at
// SQLite's FULL, so that a run that was reported as recorded survives a power failure.

import Failures
import Foundation
import GRDB

/// An open registry.
struct RegistryDatabase: Sendable {
  let queue: DatabaseQueue
  let location: RegistryLocation
  /// The queue of writers.
  let gate: WriterGate

  /// The purpose of the connection.
  enum Mode {
    /// Writing; the database and its folder are created if they are missing.
    case create
    /// Writing to an existing database.
    case update
    /// Reading only.
    case read
  }

  /// The number of seconds that a process waits for others.
  static let defaultPatience = 10.0
  /// How long this connection waits, in total until some of its work succeeds.
  private let waiting: WaitingTime

  /// - Parameter waiting: how long to wait for others.
  /// - Throws: `Failure` if the file can't be opened, is not a registry, or has a newer version.
  init(
    _ location: RegistryLocation, mode: Mode, waiting: WaitingTime = WaitingTime(limit: defaultPatience)
  ) throws {
    (self.location, self.waiting) = (location, waiting)
    let exists = access(location.path, F_OK) == 0
    if mode == .create { try Self.createFolder(location.folder) }
    if mode != .create, !exists { throw Self.missing(location) }
    gate = WriterGate(folder: location.folder, waiting: waiting)
    do {
      queue = try DatabaseQueue(
        path: location.path, configuration: Self.configuration(mode: mode, waiting: waiting))
      let version = try queue.read(Schema.checkedVersion)
      if mode != .read, version < Schema.version { try gate.pass { try Schema.prepare(queue) } }
    } catch {
      throw Self.failure(error, at: location)
    }
  }

  /// Runs `body` in one immediate transaction.
  func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    let result = try gate.pass { try explained { try queue.write(body) } }
    waiting.restart()
    return result
  }

  /// Runs `body` on a consistent snapshot of the database.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    let result = try explained { try queue.read(body) }
    waiting.restart()
    return result
  }

  /// Runs `body`, translating SQLite's errors into failures.
  func explained<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch { throw Self.failure(error, at: location) }
  }

  private static func configuration(mode: Mode, waiting: WaitingTime) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = mode == .read
    configuration.label = "registry"
    configuration.busyMode = pauses(waiting)
    if mode != .read {
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    }
    return configuration
  }

  /// Waits in pauses of random length: SQLite's pauses grow to 100 ms, so the longest-waiting writers would retry
  /// least often. Few writers wait here; see `WriterGate`.
  private static func pauses(_ waiting: WaitingTime) -> Database.BusyMode {
    .callback { tries in
      waiting.pause(microseconds: UInt32.random(in: 200...(tries < 10 ? 2_000 : 10_000)))
    }
  }

  private static func createFolder(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        .cantCreate, "the registry's folder can't be created", at: folder,
        remedy: "choose another location with --registry")
    }
  }

  private static func missing(_ location: RegistryLocation) -> Failure {
    Failure(
      .noInput, "there is no registry of runs", at: location.path,
      remedy: "run a stage first, or name the file with --registry")
  }

  /// The failure for `error`, which names the database.
  static func failure(_ error: any Error, at location: RegistryLocation) -> Failure {
    if let failure = error as? Failure { return failure.placed(at: location.path) }
    guard let error = error as? DatabaseError else {
      return Failure(.software, "\(error)", at: location.path)
    }
    let text = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return Failure(.io, "the registry was busy for too long", at: location.path, remedy: "try again")
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      return .data("the registry is damaged: \(text)", at: location.path, remedy: "restore it from a backup")
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      return Failure(.cantCreate, "the registry can't be opened: \(text)", at: location.path)
    case .SQLITE_FULL, .SQLITE_IOERR:
      return Failure(.io, "the registry can't be read or written: \(text)", at: location.path)
    default:
      return .data("SQLite reports: \(text)", at: location.path)
    }
  }
}
