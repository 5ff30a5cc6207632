// Several processes write at the same time: nothing is lost, no process fails because of a busy database, and a
// process killed at any moment doesn't affect the runs of others.

import Foundation
import GRDB
import Registry
import Testing

@Suite struct ConcurrencyTests {
  /// Sixteen processes start with a database that does not exist yet, and record forty runs each.
  @Test func manyProcessesLoseNothing() async throws {
    let scratch = try Scratch()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<16 {
        group.addTask { [path = scratch.location.path] in
          await #expect(processExitsWith: .success) { [path = path as String] in
            for _ in 0..<40 { try recordOrThrow(at: path) }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try scratch.count("SELECT count(*) FROM runs WHERE status = 'done'") == 640)
    #expect(try scratch.count("SELECT count(*) FROM metrics") == 640 * 3)
    #expect(scratch.spooled == [])
    #expect(try scratch.raw { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
  }

  /// Eight processes record until they are killed; each notes the runs that have been written.
  @Test func killedProcessesDontAffectOtherRuns() async throws {
    let scratch = try Scratch()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<8 {
        group.addTask { [path = scratch.location.path, log = scratch.path + "/log\(index)"] in
          await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, log = log as String] in
            try note(try recordOrThrow(at: path), in: log)
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int.random(in: 150...900))) {
              kill(getpid(), SIGKILL)
            }
            while true { try note(try recordOrThrow(at: path), in: log) }
          }
        }
      }
      try await group.waitForAll()
    }
    let noted = try (0..<8).flatMap { index in try notedRuns(scratch.path + "/log\(index)") }
    let registry = try Registry(scratch.location)
    let done = Set(try registry.runs().filter { $0.status == .done }.map(\.id))
    #expect(!noted.isEmpty)
    #expect(noted.allSatisfy(done.contains))
    #expect(try registry.runs().allSatisfy { $0.status != .running })
    #expect(try scratch.raw { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
  }

  private func notedRuns(_ path: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// A process that was killed during its run is detected by the next reader.
  @Test func aKilledRunBecomesInterrupted() async throws {
    let scratch = try Scratch()
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.location.path as String] in
      let recorder = RunRecorder(location: RegistryLocation(path: path), start: sampleStart())
      // The beginning is written in the background: soon, but on a busy machine not immediately.
      for _ in 0..<600 where (try? Registry(RegistryLocation(path: path)).runs().count) ?? 0 == 0 {
        usleep(50_000)
      }
      withExtendedLifetime(recorder) { _ = kill(getpid(), SIGKILL) }
    }
    #expect(try scratch.count("SELECT count(*) FROM runs WHERE status = 'running'") == 1)
    let runs = try Registry(scratch.location).runs()
    #expect(runs.map(\.status) == [.interrupted])
    #expect(runs.first?.error != nil)
  }

  /// A process id that has been reused by another process, and one from an earlier boot.
  @Test func processesAreDistinguished() {
    let own = ProcessIdentity.current
    #expect(own.liveness == .alive)
    let parts = own.start.split(separator: " ").map(String.init)
    #expect(ProcessIdentity(pid: own.pid, start: "\(parts[0]) \(parts[1]) 1").liveness == .ended)
    #expect(ProcessIdentity(pid: own.pid, start: "another-boot \(parts[1]) \(parts[2])").liveness == .ended)
    #expect(ProcessIdentity(pid: own.pid, start: "\(parts[0]) 1 \(parts[2])").liveness == .unknown)
    #expect(ProcessIdentity(pid: own.pid, start: "").liveness == .unknown)
  }
}

struct NotRecorded: Error { let warnings: [String] }

/// Records a run with three metrics; throws the message that a user would see.
@discardableResult func recordOrThrow(at path: String) throws -> String {
  let start = sampleStart()
  // Patient enough for a busy machine.
  let recorder = RunRecorder(location: RegistryLocation(path: path), start: start, patience: 120)
  for step in 0..<3 { recorder.metric("loss", step: step, value: Double(step)) }
  let warnings = recorder.finish(sampleEnd(outputs: [RunOutput(artifact(start.id), path: nil)]))
  guard warnings.isEmpty else { throw NotRecorded(warnings: warnings) }
  return start.id
}

func note(_ id: String, in path: String) throws {
  let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o644)
  defer { close(descriptor) }
  let line = Array((id + "\n").utf8)
  _ = write(descriptor, line, line.count)
}
