// Registries that are damaged, contradict themselves or don't answer: a stage ends within the stated time, warns, and its
// run is imported once the registry is usable again. A stage that is killed has its row, whenever that happens.

import Failures
import Foundation
import GRDB
import Registry
import Testing

@Suite struct FaultTests {
  /// A version below that of the tables, which no migration raises.
  @Test(arguments: [0, -1, Int32.min]) func aVersionBelowTheTablesIsNotMigratedForever(_ version: Int32)
    throws
  {
    let scratch = try Scratch()
    record(scratch.location)
    try scratch.raw { try $0.execute(sql: "PRAGMA user_version = \(version)") }
    let start = sampleStart()
    let warnings = RunRecorder(location: scratch.location, start: start).finish(sampleEnd())
    #expect(warnings.count == 1 && warnings[0].contains("claims version"), "\(warnings)")
    #expect(scratch.spooled == ["runs.db.\(start.id).json"])
    let failure = #expect(throws: (any Error).self) { try Registry(scratch.location) }
    #expect("\(failure.map { "\($0)" } ?? "")".contains("PRAGMA user_version = 2"))
    try scratch.raw { try $0.execute(sql: "PRAGMA user_version = 2") }
    #expect(try Registry(scratch.location).run(start.id).status == .done)
  }

  /// A trigger that never ends: the database is not locked, so that no wait for locks ends it.
  @Test func aDatabaseThatDoesNotAnswerIsGivenUp() throws {
    let scratch = try Scratch()
    record(scratch.location)
    try scratch.raw { db in
      try db.execute(
        sql: """
          CREATE TRIGGER endless BEFORE INSERT ON runs BEGIN
            SELECT count(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x FROM n);
          END
          """)
    }
    let start = sampleStart()
    var warnings: [String] = []
    let took = ContinuousClock().measure {
      warnings = RunRecorder(location: scratch.location, start: start, patience: 0.2, margin: 0.3)
        .finish(sampleEnd())
    }
    #expect(took < .seconds(5), "\(took)")
    #expect(warnings.count == 1 && warnings[0].contains("has not answered"), "\(warnings)")
    #expect(scratch.spooled == ["runs.db.\(start.id).json"])
  }

  /// A process that is killed at once, before the database is touched, and one that is killed while it waits at the end.
  @Test func aKilledRunHasItsRow() async throws {
    let scratch = try Scratch()
    record(scratch.location)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.location.path as String] in
      let recorder = RunRecorder(location: RegistryLocation(path: path), start: sampleStart("rnn-window"))
      withExtendedLifetime(recorder) { _ = kill(getpid(), SIGKILL) }
    }
    #expect(try Registry(scratch.location).runs().map(\.status) == [.interrupted, .done])
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.location.path as String] in
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.allowsUnsafeTransactions = true
      let other = try DatabaseQueue(path: path, configuration: configuration)
      try other.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
      let recorder = RunRecorder(location: RegistryLocation(path: path), start: sampleStart("rnn-split"))
      DispatchQueue.global().asyncAfter(deadline: .now() + 1) { kill(getpid(), SIGKILL) }
      _ = recorder.finish(sampleEnd())
    }
    let runs = try Registry(scratch.location).runs()
    #expect(runs.map(\.stage).sorted() == ["rnn-pad", "rnn-split", "rnn-window"])
    #expect(runs.first { $0.stage == "rnn-split" }?.status == .done)
    #expect(scratch.spooled == [])
  }

  /// An importer that was killed leaves a file under its name; one that is alive is left alone.
  @Test func whatAnImporterLeftIsImported() throws {
    let scratch = try Scratch()
    record(scratch.location)
    let starts = [sampleStart("rnn-window"), sampleStart("rnn-split")]
    try scratch.raw { db in
      try db.execute(sql: "BEGIN EXCLUSIVE")
      defer { try? db.execute(sql: "ROLLBACK") }
      for start in starts {
        _ = RunRecorder(location: scratch.location, start: start, patience: 0.05).finish(sampleEnd())
      }
    }
    let folder = scratch.path + "/.rnn/spool/runs.db."
    // No process has an id this high.
    for (start, process) in zip(starts, [Int32.max, getpid()]) {
      try FileManager.default.moveItem(
        atPath: folder + "\(start.id).json", toPath: folder + "\(start.id).json.\(process)")
    }
    #expect(try Registry(scratch.location).runs().map(\.stage).sorted() == ["rnn-pad", "rnn-window"])
    #expect(scratch.spooled == ["runs.db.\(starts[1].id).json.\(getpid())"])
  }

  /// SQLite stores values of any type in any column, whoever wrote them.
  @Test func valuesOfUnexpectedTypesAreRead() throws {
    let scratch = try Scratch()
    let id = record(scratch.location)
    try scratch.raw { db in
      try db.execute(
        sql: """
          UPDATE runs SET status = 'running', pid = 'p', peak_rss_bytes = 1e300, wall_s = 'long', exit_code = x'00',
            seed = 'x', started_at = 7, host = (SELECT host FROM runs)
          """)
      try db.execute(sql: "INSERT INTO metrics VALUES ('\(id)', 'loss', 'first', 'low')")
      try db.execute(sql: "INSERT INTO artifacts VALUES ('h', 1, 'rows', 1e30, 2)")
      try db.execute(sql: "INSERT INTO outputs VALUES ('\(id)', 9, 'h', 5)")
    }
    let registry = try Registry(scratch.location)
    let details = try registry.details(of: id)
    #expect(details.run.peakRSS == nil && details.run.pid == 0)
    #expect(details.outputs.last?.artifact.bytes == nil)
    #expect(try registry.metrics(of: id).count == 1)
  }

  /// A chain of runs, each of which reads what the one before has written: too deep for a tree, not for an answer.
  @Test func aLineageThatIsTooDeepIsRefused() throws {
    let scratch = try Scratch()
    let id = record(scratch.location)
    try scratch.raw { db in
      try db.inTransaction {
        for number in 0..<600 {
          try db.execute(
            sql: """
              INSERT INTO runs SELECT 'r\(number)', stage, name, status, argv, version, seed, cpu_target, host, user, pid,
                process_start, cwd, started_at, ended_at, wall_s, cpu_s, peak_rss_bytes, exit_code, error
              FROM runs WHERE id = ?
              """, arguments: [id])
          try db.execute(
            sql: "INSERT INTO inputs VALUES (?, 0, NULL, ?, NULL, NULL, NULL)",
            arguments: ["r\(number)", number == 0 ? id : "r\(number - 1)"])
        }
        return .commit
      }
    }
    let registry = try Registry(scratch.location)
    #expect(try registry.lineage(of: "r400", .up).branches.count == 1)
    let failure = #expect(throws: Failure.self) { try registry.lineage(of: "r599", .up) }
    #expect(failure?.problem.contains("runs deep") == true)
  }
}
