// Runs that can't be written are stored in the spool and imported by the next writer; no failure stops a stage.

import Foundation
import GRDB
import Registry
import Testing

@Suite struct SpoolTests {
  @Test func aLockedDatabaseLeavesTheRunInTheSpool() throws {
    let scratch = try Scratch()
    record(scratch.location)
    let start = sampleStart("rnn-window")
    let warnings = try scratch.raw { db in
      try db.execute(sql: "BEGIN EXCLUSIVE")
      defer { try? db.execute(sql: "ROLLBACK") }
      let recorder = RunRecorder(location: scratch.location, start: start, patience: 0.1)
      recorder.metric("rows", step: 0, value: .nan)
      return recorder.finish(sampleEnd(outputs: [RunOutput(artifact("cc"), path: nil)]))
    }
    #expect(warnings.count == 1 && warnings[0].contains("is stored in"))
    #expect(scratch.spooled == ["runs.db.\(start.id).json"])

    record(scratch.location, sampleStart("rnn-split"))
    #expect(scratch.spooled == [])
    let details = try Registry(scratch.location).details(of: start.id)
    #expect(details.run.status == .done && details.outputs.count == 1 && details.lastMetrics.count == 1)
  }

  /// Opening, the writers' gate and all statements together wait no longer than the limit.
  @Test func aLockedDatabaseCostsOneWait() throws {
    let scratch = try Scratch()
    record(scratch.location)
    let took = try scratch.raw { db in
      try db.execute(sql: "BEGIN EXCLUSIVE")
      defer { try? db.execute(sql: "ROLLBACK") }
      let recorder = RunRecorder(location: scratch.location, start: sampleStart(), patience: 1.5)
      // By then, the first write in the background is waiting.
      usleep(200_000)
      return ContinuousClock().measure { _ = recorder.finish(sampleEnd()) }
    }
    #expect(took > .seconds(1.4) && took < .seconds(2.6), "\(took)")
  }

  @Test func readersImportToo() throws {
    let scratch = try Scratch()
    record(scratch.location)
    let start = sampleStart()
    _ = try scratch.raw { db in
      try db.inTransaction(.exclusive) {
        _ = RunRecorder(location: scratch.location, start: start, patience: 0.1).finish(sampleEnd())
        return .commit
      }
    }
    #expect(try Registry(scratch.location).runs().count == 2)
    #expect(scratch.spooled == [])
  }

  /// A folder with the name of the database, which can't be opened.
  @Test func anUnusableDatabaseLeavesTheRunInTheSpool() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.location.path, withIntermediateDirectories: true)
    let warnings = RunRecorder(location: scratch.location, start: sampleStart()).finish(sampleEnd())
    #expect(warnings.count == 1)
    #expect(scratch.spooled.count == 1)
    try FileManager.default.removeItem(atPath: scratch.location.path)
    record(scratch.location)
    #expect(try scratch.count("SELECT count(*) FROM runs") == 2)
  }

  @Test func anUnwritableFolderCausesAWarning() throws {
    let scratch = try Scratch()
    try Data("a file".utf8).write(to: URL(fileURLWithPath: scratch.path + "/.rnn"))
    let warnings = RunRecorder(location: scratch.location, start: sampleStart()).finish(sampleEnd())
    #expect(warnings.count == 1 && warnings[0].contains("not recorded"), "\(warnings)")
    #expect(warnings.allSatisfy { !$0.contains("\n") })
  }

  @Test func aDamagedSpoolFileIsSetAside() throws {
    let scratch = try Scratch()
    record(scratch.location)
    let spool = scratch.path + "/.rnn/spool"
    try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
    try Data("{\"format\": 1, ".utf8).write(to: URL(fileURLWithPath: spool + "/runs.db.x.json"))
    try Data("{\"format\": 99}".utf8).write(to: URL(fileURLWithPath: spool + "/runs.db.y.json"))
    try Data("{}".utf8).write(to: URL(fileURLWithPath: spool + "/other.db.z.json"))
    let registry = try Registry(scratch.location)
    #expect(registry.warnings.count == 1)
    #expect(scratch.spooled == ["other.db.z.json", "runs.db.x.json.damaged", "runs.db.y.json"])
  }

  @Test func anOldSpoolFileDoesNotOverwriteAnEnd() throws {
    let scratch = try Scratch()
    let start = sampleStart()
    let blocked = scratch.location
    try FileManager.default.createDirectory(atPath: blocked.path, withIntermediateDirectories: true)
    let recorder = RunRecorder(location: blocked, start: start)
    func records() -> [String] { scratch.spooled.filter { $0.hasSuffix(".json") } }
    for _ in 0..<100 where records().isEmpty { usleep(20_000) }
    let file = scratch.path + "/.rnn/spool/" + (records().first ?? "none")
    let old = try Data(contentsOf: URL(fileURLWithPath: file))
    try FileManager.default.removeItem(atPath: blocked.path)
    #expect(recorder.finish(sampleEnd()) == [])
    #expect(scratch.spooled == [])
    try old.write(to: URL(fileURLWithPath: file))
    #expect(try Registry(scratch.location).run(start.id).status == .done)
  }
}
