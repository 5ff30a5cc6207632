// Summaries of metrics, the order by them, and registries that an earlier version wrote.

import Foundation
import GRDB
import Registry
import Testing

@Suite struct SummaryTests {
  /// A registry with one run whose metric has these values, at steps from 0.
  private func scratch(_ values: [Double]) throws -> (Scratch, String) {
    let scratch = try Scratch()
    let start = sampleStart("rnn-train")
    let recorder = RunRecorder(location: scratch.location, start: start)
    for (step, value) in values.enumerated() { recorder.metric("loss", step: step, value: value) }
    #expect(recorder.finish(sampleEnd()) == [])
    return (scratch, start.id)
  }

  private func summary(_ scratch: Scratch, _ id: String) throws -> MetricSummary? {
    let registry = try Registry(scratch.location)
    return try registry.metricSummaries(of: [registry.run(id)])[id]?["loss"]
  }

  @Test func valuesAreSummarized() throws {
    let (scratch, id) = try scratch([3, 1, .nan, 5, 1, 2])
    let found = try summary(scratch, id)
    #expect(found?[.last] == MetricPoint(name: "loss", step: 5, value: 2))
    #expect(found?[.min] == MetricPoint(name: "loss", step: 1, value: 1))
    #expect(found?[.max] == MetricPoint(name: "loss", step: 3, value: 5))
  }

  @Test func valuesThatAreNoNumbersHaveNoSummary() throws {
    let (scratch, id) = try scratch([.nan, .nan])
    let found = try summary(scratch, id)
    #expect(found != nil && MetricStatistic.allCases.allSatisfy { found?[$0] == nil })
    #expect(try Registry(scratch.location).ranking(by: "loss", .min, largest: false, RunFilter()).isEmpty)
  }

  /// Whatever statement a user writes, the summary is that of the history.
  @Test(arguments: [
    "UPDATE metrics SET value = 9 WHERE step = 1", "UPDATE metrics SET value = NULL WHERE step = 5",
    "DELETE FROM metrics WHERE step IN (1, 5)",
    "INSERT OR REPLACE INTO metrics SELECT run_id, name, 0, 0 FROM metrics",
    "INSERT OR IGNORE INTO metrics SELECT run_id, name, step + 3, value - 7 FROM metrics",
    "DELETE FROM metrics",
    "DELETE FROM runs",
  ])
  func changesAreFollowed(_ statement: String) throws {
    let (scratch, _) = try scratch([3, 1, .nan, 5, 4, 2])
    let columns = "run_id, name, last_step, last, min_step, min, max_step, max"
    let (kept, computed) = try scratch.raw { db in
      try db.execute(sql: "PRAGMA foreign_keys = ON")
      try db.execute(sql: statement)
      let kept = try Row.fetchAll(db, sql: "SELECT \(columns) FROM metric_summaries")
      try db.execute(sql: "CREATE TEMP TABLE copy AS SELECT * FROM metrics")
      try db.execute(sql: "DELETE FROM metrics")
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM metric_summaries") == 0)
      try db.execute(sql: "INSERT INTO metrics SELECT * FROM copy ORDER BY step DESC")
      return (kept, try Row.fetchAll(db, sql: "SELECT \(columns) FROM metric_summaries"))
    }
    #expect(kept == computed)
  }

  /// Both ways in which runs are found give the same order: few runs that are sorted, and an index.
  @Test func rankings() throws {
    let scratch = try Scratch()
    for value in [0.3, 0.1, 0.2] {
      let recorder = RunRecorder(
        location: scratch.location, start: sampleStart("rnn-train", name: "v\(value)"))
      recorder.metric("loss", step: 0, value: value)
      recorder.metric("loss", step: 1, value: value * 2)
      _ = recorder.finish(sampleEnd())
    }
    let registry = try Registry(scratch.location)
    func names(_ change: (inout RunFilter) -> Void = { _ in }, largest: Bool = false) throws -> [String?] {
      var filter = RunFilter()
      change(&filter)
      return try registry.ranking(by: "loss", .min, largest: largest, filter).map(\.run.name)
    }
    #expect(try names() == ["v0.1", "v0.2", "v0.3"])
    #expect(try names({ $0.stage = "train" }) == ["v0.1", "v0.2", "v0.3"])
    #expect(try names({ $0.limit = 1 }, largest: true) == ["v0.3"])
    #expect(
      try names({ $0.metrics = [MetricCondition(name: "loss", .max, .above, 0.3)] }) == ["v0.2", "v0.3"])
    #expect(try registry.metricNames() == ["loss"])
  }

  @Test func runsThatOthersNeed() throws {
    let scratch = try Scratch()
    var ids: [String] = []
    for stage in ["rnn-synth", "rnn-window", "rnn-train"] {
      let upstreams = ids.last.map { [Upstream(run: $0)] } ?? []
      let input = RunInput(artifact("aa"), upstreams: upstreams, path: nil)
      ids.append(
        record(scratch.location, sampleStart(stage), sampleEnd(inputs: upstreams.isEmpty ? [] : [input])))
    }
    let registry = try Registry(scratch.location)
    #expect(try registry.neededByOthers(ids) == [])
    #expect(try registry.neededByOthers(Array(ids[..<2])) == Set(ids[..<2]))
    #expect(try registry.neededByOthers([ids[0], ids[2]]) == [ids[0]])
  }

  /// Registries that earlier versions wrote are in fixtures/registry.
  @Test(arguments: [1]) func registriesOfEarlierVersionsAreMigrated(version: Int) throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: scratch.path + "/.rnn", withIntermediateDirectories: true)
    let kept = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../fixtures/registry/version-\(version).db")
    try FileManager.default.copyItem(atPath: kept.path, toPath: scratch.location.path)
    #expect(try scratch.count("PRAGMA user_version") == version)
    let other = try Scratch()
    record(other.location)
    #expect(try Registry(other.location).merge(scratch.location) == MergeResult(added: 7, updated: 0))
    #expect(try scratch.count("PRAGMA user_version") == version)
    let history = try scratch.raw { try Row.fetchAll($0, sql: "SELECT * FROM metrics ORDER BY 1, 2, 3") }
    let registry = try Registry(scratch.location)
    let runs = try registry.runs()
    #expect(runs.count == 7 && runs.last?.name == "series" && runs[0].status == .failed)
    let best = try #require(try registry.ranking(by: "val_loss", .min, largest: false, RunFilter()).first)
    #expect(best.run.stage == "rnn-train" && best.metric.lastStep == 3)
    let lowest = history.filter { $0["name"] == "val_loss" }.compactMap { $0["value"] as Double? }.min()
    #expect(best.metric.min == lowest && lowest != nil)
    #expect(
      try scratch.raw { try Row.fetchAll($0, sql: "SELECT * FROM metrics ORDER BY 1, 2, 3") } == history)
    record(scratch.location)
    #expect(try scratch.count("SELECT count(*) FROM runs") == 8)
    #expect(try scratch.count("PRAGMA user_version") == 2)
  }
}
