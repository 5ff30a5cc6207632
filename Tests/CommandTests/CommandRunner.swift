// Runs a shell line with the built commands in a folder of its own.

import Foundation

/// What came of a shell line.
struct CommandResult: Sendable {
  let exit: Int32
  let stdout: String
  let stderr: String
}

/// A fresh folder with the built commands in the search path; removed in the end.
struct CommandRunner: ~Copyable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("rnn-case-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The repository's folder.
  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Where the commands are built.
  static let commands = repository.appendingPathComponent(".build/release")

  /// Whether a program can be found.
  static func has(_ program: String) -> Bool {
    let path = "\(commands.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
    return path.split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  /// Runs `line` by bash. What it prints goes to files, so that no amount of it can stall the command.
  /// - Parameter timeout: seconds after which the line and all it started are killed (exit 124).
  func run(_ line: String, timeout: Int) async throws -> CommandResult {
    let (out, err) = (try capture("stdout"), try capture("stderr"))
    defer { for handle in [out.handle, err.handle] { try? handle.close() } }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "--kill-after=2", "\(timeout)", "bash", "-c", line]
    process.currentDirectoryURL = folder
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = out.handle
    process.standardError = err.handle
    try await finish(process)
    return CommandResult(
      exit: process.terminationStatus, stdout: try text(out.file), stderr: try text(err.file))
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
    var kept = ["PATH", "HOME", "TMPDIR", "LANG"].reduce(into: [String: String]()) { $0[$1] = own[$1] }
    kept["PATH"] = "\(Self.commands.path):\(own["PATH"] ?? "/usr/bin:/bin")"
    kept["BIN"] = Self.commands.path
    kept["FIXTURES"] = Self.repository.appendingPathComponent("fixtures").path
    return kept
  }

  /// A file outside the folder the line works in.
  private func capture(_ name: String) throws -> (file: URL, handle: FileHandle) {
    let file = folder.deletingLastPathComponent()
      .appendingPathComponent("\(folder.lastPathComponent).\(name)-\(UUID().uuidString)")
    guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    return (file, try FileHandle(forWritingTo: file))
  }

  private func text(_ file: URL) throws -> String {
    defer { try? FileManager.default.removeItem(at: file) }
    return String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }
}
