// A project of Trackio: an SQLite file in TRACKIO_DIR (https://github.com/gradio-app/trackio), in the layout of Trackio
// 0.24 and later, which adds what else it needs when it opens the file.
//
// Trackio has another way in, files in TRACKIO_DIR/inbox, but takes them only when its dashboard runs. This target is
// apart from `Trackers` because of SQLite, which programs that only send metrics don't need.

import Failures
import Foundation
import GRDB
import JSON
import OperatingSystem
import SystemPackage
import Trackers

/// A project, open for writing. Trackio's own lock keeps its processes away meanwhile.
public final class TrackioProject {
  private let queue: DatabaseQueue
  private let lock: OpenFile
  private let path: String

  /// Opens a project; folder and file are created if they are missing.
  /// - Parameters:
  ///   - folder: TRACKIO_DIR.
  ///   - name: the project's name.
  /// - Throws: `Failure`: `usage` for a name that Trackio would change, `cantCreate`, `data` for a file of another kind.
  public init(folder: String, named name: String) throws(Failure) {
    try Self.check(name)
    path = "\(folder)/\(name).db"
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw Failure(.cantCreate, "the folder can't be created", at: folder)
    }
    lock = try Self.lock("\(folder)/\(name).lock")
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.write(Self.prepare)
    } catch {
      throw Self.failure(error, at: path)
    }
  }

  /// Writes a run, or what is new of it: a row for each step, with all values, and one for the parameters.
  /// - Parameter name: the name that the run is shown with.
  /// - Throws: `Failure`.
  public func write(_ run: TrackedRun, named name: String) throws(Failure) {
    do {
      try queue.write { db in
        try Self.write(run.steps, of: run, name, db)
        try db.execute(
          sql: """
            INSERT INTO configs (run_id, run_name, config, created_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (run_id) DO UPDATE SET run_name = excluded.run_name, config = excluded.config
            """,
          arguments: [run.start.id, name, Self.configuration(run), Self.time(run.start.time)])
      }
    } catch {
      throw Self.failure(error, at: path)
    }
  }

  private static func write(
    _ steps: [(step: Int, values: [TrackedMetric])], of run: TrackedRun, _ name: String, _ db: Database
  ) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO metrics (run_id, timestamp, run_name, step, metrics, log_id) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (log_id) WHERE log_id IS NOT NULL
        DO UPDATE SET metrics = excluded.metrics, run_name = excluded.run_name
        """)
    for (step, values) in steps {
      let json = JSONValue.object(Dictionary(values.map { ($0.name, number($0.value)) }) { $1 })
      try statement.execute(arguments: [
        run.start.id, time(values.map(\.time).max() ?? run.start.time), name, step, json.text,
        "rnnpipe-\(run.start.id)-\(step)",
      ])
    }
  }

  /// The parameters as Trackio's configuration, with the entries that it adds itself.
  private static func configuration(_ run: TrackedRun) -> String {
    var members = run.parameters.mapValues { text -> JSONValue in
      if text == "true" || text == "false" { return .bool(text == "true") }
      if let whole = Int64(text), "\(whole)" == text { return .integer(whole) }
      return Double(text).flatMap { $0.isFinite ? .number($0) : nil } ?? .string(text)
    }
    members["_Username"] = .string(run.start.user)
    members["_Created"] = .string(time(run.start.time))
    members["_Group"] = .null
    members["rnnpipe.run"] = .string(run.start.id)
    members["rnnpipe.command"] = .string(run.start.command)
    return JSONValue.object(members).text
  }

  /// JSON has no NaN and no infinity, for which Trackio has words.
  private static func number(_ value: Double) -> JSONValue {
    if value.isNaN { return "NaN" }
    return value.isInfinite ? .string(value < 0 ? "-Infinity" : "Infinity") : .number(value)
  }

  /// The format of Python's `isoformat`.
  private static func time(_ milliseconds: Int64) -> String {
    let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt)
    return String(date.formatted(style).dropLast()) + "000+00:00"
  }
}

extension TrackioProject {
  /// Trackio leaves out characters of a name, and reserves some names.
  private static func check(_ name: String) throws(Failure) {
    let isPlain = name.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_".unicodeScalars.contains($0))
    }
    guard isPlain, !name.isEmpty else {
      throw .usage("'\(name)' is no project name", at: "--project", remedy: "use letters, digits, - and _")
    }
    let reserved = [
      "_system", "_configs", "_traces", "_artifacts", "_artifact_versions", "_artifact_aliases",
      "_run_artifact_links", "_external_run_artifact_links",
    ]
    guard !name.hasPrefix("registry-"), !reserved.contains(where: name.hasSuffix) else {
      throw .usage("Trackio reserves the name '\(name)'", at: "--project", remedy: "use another name")
    }
  }

  /// Waits for a process of Trackio that is writing, as long as Trackio itself does.
  private static func lock(_ path: String) throws(Failure) -> OpenFile {
    let file = try OpenFile(writing: path)
    do throws(Errno) {
      for _ in 0..<100 {
        if try file.descriptor.tryLock() { return file }
        usleep(100_000)
      }
    } catch {
      throw Failure(.io, "can't be locked: \(error.text)", at: path)
    }
    throw Failure(.io, "Trackio has been writing for 10 s", at: path, remedy: "try again")
  }

  /// Creates the tables, or checks those that are there.
  private static func prepare(_ db: Database) throws {
    if try db.tableExists("metrics") {
      let columns = try db.columns(in: "metrics").map(\.name)
      guard columns.contains("run_id"), columns.contains("step"), columns.contains("metrics") else {
        throw Failure.data(
          "is not a project of Trackio 0.24 or later",
          remedy: "open it with a newer Trackio, or use another --project")
      }
      for column in ["log_id", "space_id"] where !columns.contains(column) {
        try db.execute(sql: "ALTER TABLE metrics ADD COLUMN \(column) TEXT")
      }
    } else if try db.tableExists("runs") {
      throw Failure.data("is not a project of Trackio", remedy: "use another folder")
    }
    try db.execute(sql: schema)
  }

  /// The tables and the index that are written here, in Trackio's words.
  private static let schema = """
    CREATE TABLE IF NOT EXISTS metrics (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL,
      timestamp TEXT NOT NULL,
      run_name TEXT NOT NULL,
      step INTEGER NOT NULL,
      metrics TEXT NOT NULL,
      log_id TEXT,
      space_id TEXT
    );
    CREATE TABLE IF NOT EXISTS configs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL,
      run_name TEXT NOT NULL,
      config TEXT NOT NULL,
      created_at TEXT NOT NULL,
      UNIQUE(run_id)
    );
    CREATE UNIQUE INDEX IF NOT EXISTS idx_metrics_log_id ON metrics(log_id) WHERE log_id IS NOT NULL;
    """

  private static func failure(_ error: any Error, at path: String) -> Failure {
    if let failure = error as? Failure { return failure.placed(at: path) }
    guard let error = error as? DatabaseError else { return Failure(.software, "\(error)", at: path) }
    let text = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: return Failure(.io, "is in use", at: path, remedy: "try again")
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      return .data("is not an SQLite database: \(text)", at: path, remedy: "use another folder")
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      return Failure(.cantCreate, "can't be written: \(text)", at: path)
    default: return Failure(.io, "SQLite reports: \(text)", at: path)
    }
  }
}
