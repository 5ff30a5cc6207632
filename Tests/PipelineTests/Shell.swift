// Runs shell scripts in an empty directory, with access to the built commands and the repository's fixtures.

import CommandRunning
import Foundation

/// Runs shell scripts in its own directory, which is removed with it.
struct Shell: ~Copyable {
  /// The result of a script.
  struct Result: Sendable {
    let exit: Int32
    let stdout: String
    let stderr: String
  }

  /// The directory of the repository.
  static let repository = CommandRunner.repository

  let folder: URL
  private let output: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("rnn-page-\(UUID().uuidString)")
    output = folder.appendingPathComponent(".output")
    try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: folder.appendingPathComponent("fixtures"),
      withDestinationURL: Self.repository.appendingPathComponent("fixtures"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Runs `script` with bash, with the built commands first in its path and empty standard input. Its output
  /// goes to files, so that it can't block.
  func run(_ script: String, environment more: [String: String] = [:]) async throws -> Result {
    let (out, err) = (try capture("out"), try capture("err"))
    defer { for file in [out, err] { try? file.handle.close() } }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = folder
    process.environment = environment.merging(more) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = out.handle
    process.standardError = err.handle
    try await finish(process)
    return Result(
      exit: process.terminationStatus, stdout: try String(contentsOf: out.url, encoding: .utf8),
      stderr: try String(contentsOf: err.url, encoding: .utf8))
  }

  private func finish(_ process: Process) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
  }

  private var environment: [String: String] {
    let own = ProcessInfo.processInfo.environment
    var kept = CommandRunner.keptVariables.reduce(into: [String: String]()) { $0[$1] = own[$1] }
    kept["RNN_BIN"] = CommandRunner.commands.path
    kept["PATH"] = "\(CommandRunner.commands.path):\(own["PATH"] ?? "/usr/bin:/bin")"
    return kept
  }

  private func capture(_ name: String) throws -> (url: URL, handle: FileHandle) {
    let url = output.appendingPathComponent(name)
    try Data().write(to: url)
    return (url, try FileHandle(forWritingTo: url))
  }
}
