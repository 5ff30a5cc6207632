// Tests that take minutes: many more writers and kills than in a daily run, and a registry of a million runs. They
// run only if RNN_LONG_TESTS is set.

import Foundation
import GRDB
import Registry
import Testing

private let isLong = ProcessInfo.processInfo.environment["RNN_LONG_TESTS"] != nil

@Suite(.enabled(if: isLong), .serialized) struct LongTests {
  /// 64 writers of 1,000 transactions each, 192 of them killed along the way and restarted.
  @Test func sixtyFourWriters() async throws {
    let scratch = try Scratch()
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<64 {
        group.addTask { [path = scratch.location.path, log = scratch.path + "/log\(index)"] in
          for _ in 0..<3 {
            await #expect(processExitsWith: .signal(SIGKILL)) {
              [path = path as String, log = log as String] in
              DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int.random(in: 300...6000)))
              {
                kill(getpid(), SIGKILL)
              }
              try recordMany(Int.max, at: path, log: log)
            }
          }
          await #expect(processExitsWith: .success) { [path = path as String, log = log as String] in
            try recordMany(1000, at: path, log: log)
          }
        }
      }
    }
    try check(scratch)
  }

  private func check(_ scratch: Scratch) throws {
    let lines = try (0..<64).flatMap { index in
      try String(contentsOfFile: scratch.path + "/log\(index)", encoding: .utf8).split(separator: "\n")
    }
    let noted = lines.map { String($0.split(separator: " ")[0]) }
    let times = lines.compactMap { Double($0.split(separator: " ")[1]) }.sorted()
    let done = Set(try Registry(scratch.location).runs().filter { $0.status == .done }.map(\.id))
    #expect(noted.count >= 64_000 && Set(noted).count == noted.count)
    #expect(noted.allSatisfy(done.contains))
    #expect(try scratch.count("SELECT count(*) FROM runs WHERE status = 'running'") == 0)
    #expect(try scratch.raw { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    // What a killed process was writing stays for a while, since others can't know that nobody goes on with it.
    #expect(scratch.spooled.filter { !$0.hasSuffix(".tmp") } == [])
    print(
      "\(noted.count) runs; seconds: median \(times[times.count / 2]), p99 \(times[times.count * 99 / 100]), "
        + "most \(times[times.count - 1])")
  }

  /// Listing, filtering and finding in a million runs, one in a hundred with ten metrics.
  @Test func aMillionRuns() throws {
    let scratch = try Scratch()
    record(scratch.location)
    try scratch.raw { db in try db.execute(sql: Self.million) }
    let registry = try Registry(scratch.location)
    let asked: [(String, () throws -> Int)] = [
      ("list", { try registry.runs(filter { _ in }).count }),
      ("stage", { try registry.runs(filter { $0.stage = "train" }).count }),
      ("status", { try registry.runs(filter { $0.status = .failed }).count }),
      ("tag", { try registry.runs(filter { $0.tags = [TagCondition(key: "project", value: "p7")] }).count }),
      ("show", { try registry.details(of: "20200101-000000000-00500000").lastMetrics.count }),
      ("tail", { try registry.run("00500001").argv.count }),
    ]
    for (name, question) in asked {
      var times: [Duration] = []
      for _ in 0..<20 {
        let start = ContinuousClock.now
        #expect(try question() > 0)
        times.append(ContinuousClock.now - start)
      }
      times.sort()
      print("\(name): p95 \(times[18])")
    }
  }

  private func filter(_ change: (inout RunFilter) -> Void) -> RunFilter {
    var filter = RunFilter()
    filter.limit = 20
    change(&filter)
    return filter
  }

  private static let million = """
    BEGIN;
    CREATE TEMP TABLE n AS
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
      SELECT i, printf('20200101-000000000-%08d', i) AS id FROM n;
    INSERT INTO runs (id, stage, status, argv, version, cpu_target, host, user, pid, process_start, cwd, started_at)
      SELECT id, CASE i % 5 WHEN 0 THEN 'rnn-train' ELSE 'rnn-pad' END,
        CASE i % 50 WHEN 0 THEN 'failed' ELSE 'done' END, '["rnn-pad"]', '0', '', 'h', 'u', 1, '', '/',
        '2020-01-01T00:00:00.000Z' FROM n;
    INSERT INTO tags SELECT id, 'project', 'p' || (i % 1000) FROM n WHERE i % 10 = 7;
    INSERT INTO metrics SELECT id, 'loss', s.i, 0.5 FROM n, (SELECT i FROM n LIMIT 10) s WHERE n.i % 100 = 0;
    COMMIT;
    """
}

/// Records runs until the log contains `count` of them; logs each with its duration in seconds.
func recordMany(_ count: Int, at path: String, log: String) throws {
  let noted = FileManager.default.contents(atPath: log).map { $0.count { $0 == UInt8(ascii: "\n") } } ?? 0
  var left = count - noted
  while left > 0 {
    let start = ContinuousClock.now
    let id = try recordOrThrow(at: path)
    try note("\(id) \((ContinuousClock.now - start) / .seconds(1))", in: log)
    left -= 1
  }
}
