// The database's schema, which is a stable interface for users and other programs.

import Failures
import Foundation
import GRDB
import Registry
import Testing

@Suite struct SchemaTests {
  /// Tables, views and their columns as documented. Columns may be added, never removed.
  @Test(arguments: [
    (
      "runs",
      """
      id stage name status argv version seed cpu_target host user pid process_start cwd started_at ended_at \
      wall_s cpu_s peak_rss_bytes exit_code error
      """
    ),
    ("params", "run_id key value"), ("tags", "run_id key value"), ("metrics", "run_id name step value"),
    ("metric_summaries", "run_id name last_step last min_step min max_step max"),
    ("artifacts", "hash kind rows bytes columns"),
    ("inputs", "run_id position artifact_hash upstream_run_id upstream_stage upstream_host path"),
    ("outputs", "run_id position artifact_hash path"),
    (
      "stage_outputs",
      "run_id stage name status started_at position path artifact_hash kind rows bytes columns"
    ),
    ("last_metrics", "run_id name step value"),
    ("lineage", "run_id stage position artifact_hash path upstream_run_id upstream_stage upstream_known"),
  ])
  func columns(table: String, expected: String) throws {
    let scratch = try Scratch()
    record(scratch.location)
    let found = try scratch.raw { db in
      try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
    }
    #expect(found.joined(separator: " ") == expected)
  }

  @Test func theDatabaseHasItsVersionAndApplicationID() throws {
    let scratch = try Scratch()
    record(scratch.location)
    #expect(try scratch.count("PRAGMA user_version") == 2)
    #expect(try scratch.count("PRAGMA application_id") == 0x524E_4E52)
    #expect(try scratch.raw { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
  }

  @Test func aNewerSchemaIsRejectedAndTheRunIsSpooled() throws {
    let scratch = try Scratch()
    record(scratch.location)
    try scratch.raw { try $0.execute(sql: "PRAGMA user_version = 3") }
    let warnings = RunRecorder(location: scratch.location, start: sampleStart()).finish(sampleEnd())
    #expect(warnings.count == 1 && warnings[0].contains("newer rnnpipe"))
    #expect(scratch.spooled.count == 1)
    let failure = #expect(throws: Failure.self) { try Registry(scratch.location) }
    #expect(failure?.kind == .data)
  }

  @Test func anotherProgramsDatabaseIsLeftAlone() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.path + "/.rnn", withIntermediateDirectories: true)
    try scratch.raw { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
    let warnings = RunRecorder(location: scratch.location, start: sampleStart()).finish(sampleEnd())
    #expect(warnings.count == 1 && warnings[0].contains("not a registry"))
    #expect(try scratch.count("SELECT count(*) FROM sqlite_master") == 1)
  }

  @Test func aFileThatIsNotADatabaseIsRejected() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.path + "/.rnn", withIntermediateDirectories: true)
    try Data(String(repeating: "not a database ", count: 100).utf8)
      .write(to: URL(fileURLWithPath: scratch.location.path))
    let failure = #expect(throws: Failure.self) { try Registry(scratch.location) }
    #expect(failure?.kind == .data)
    #expect(RunRecorder(location: scratch.location, start: sampleStart()).finish(sampleEnd()).count == 1)
  }

  @Test func aMissingRegistryIsNamed() throws {
    let scratch = try Scratch()
    let failure = #expect(throws: Failure.self) { try Registry(scratch.location) }
    #expect(failure?.kind == .noInput)
    #expect(!FileManager.default.fileExists(atPath: scratch.location.path))
  }

  /// Another program may have changed the journal mode; the next writer changes it back.
  @Test func writeAheadLoggingIsTurnedOff() throws {
    let scratch = try Scratch()
    record(scratch.location)
    _ = try scratch.raw { try String.fetchOne($0, sql: "PRAGMA journal_mode = WAL") }
    record(scratch.location)
    #expect(try scratch.raw { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
    #expect(try scratch.count("SELECT count(*) FROM runs") == 2)
  }
}
