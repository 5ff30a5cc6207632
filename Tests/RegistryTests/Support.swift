// Shared by the registry's tests: a new folder for each test, sample runs, and access to the raw database.

import Foundation
import GRDB
import Registry

/// A separate folder for a test, removed with the object.
final class Scratch: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/registry-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The registry of this folder.
  var location: RegistryLocation { RegistryLocation(path: path + "/.rnn/runs.db") }

  var spooled: [String] {
    let files = try? FileManager.default.contentsOfDirectory(atPath: path + "/.rnn/spool")
    return (files ?? []).sorted()
  }

  /// Runs SQL without the registry's code.
  func raw<Result>(_ body: (Database) throws -> Result) throws -> Result {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    return try DatabaseQueue(path: location.path, configuration: configuration).writeWithoutTransaction(body)
  }

  func count(_ sql: String) throws -> Int { try raw { try Int.fetchOne($0, sql: sql) ?? -1 } }
}

func sampleStart(_ stage: String = "rnn-pad", name: String? = nil) -> RunStart {
  RunStart(
    stage: stage, name: name, argv: [stage, "--length", "200", "it's/a \"path\".zst"], version: "0.1.0",
    cpuTarget: "x86-64-v3")
}

func sampleEnd(
  _ status: RunStatus = .done, inputs: [RunInput] = [], outputs: [RunOutput] = []
) -> RunEnd {
  RunEnd(
    status: status, exitCode: status == .done ? 0 : 65, error: status == .failed ? "f.zst: truncated" : nil,
    wall: 1.25, cpu: 2.5, peakRSS: 1 << 20, inputs: inputs, outputs: outputs, seed: 42)
}

func artifact(_ hash: String, kind: String = "padded") -> Artifact {
  Artifact(hash: hash, kind: kind, rows: 10, bytes: 4000, columns: #"{"x":"I32[200]"}"#)
}

/// Records a complete run and returns its id; never two in the same millisecond, so that ids sort as written.
@discardableResult func record(
  _ location: RegistryLocation, _ start: RunStart = sampleStart(), _ end: RunEnd = sampleEnd()
) -> String {
  usleep(2000)
  let recorder = RunRecorder(location: location, start: start)
  let warnings = recorder.finish(end)
  if !warnings.isEmpty { print(warnings) }
  return start.id
}
