// Runs a shell line with the built commands in a separate folder.

import Foundation

/// The result of a shell line.
public struct CommandResult: Sendable {
  /// The exit code, or 128 plus the number of the signal that ended it; 124 after the time limit.
  public let exit: Int32
  /// Its standard output, as UTF-8.
  public let stdout: String
  /// Its standard error, as UTF-8.
  public let stderr: String
  /// How long it took.
  public let seconds: Double
  /// The processor time that its processes used, in seconds.
  public let processorSeconds: Double
  /// The most memory that one of its processes used, in MiB.
  public let peakMemory: Int
}

/// A new folder with the built commands in the search path; removed at the end.
public final class CommandRunner {
  /// The working directory of the line.
  public let folder: URL
  private let captures: URL

  /// - Throws: an error if no folder can be created.
  public init() throws {
    let base = FileManager.default.temporaryDirectory.appendingPathComponent("rnn-case-\(UUID().uuidString)")
    (folder, captures) = (base.appendingPathComponent("work"), base.appendingPathComponent("printed"))
    for new in [folder, captures] {
      try FileManager.default.createDirectory(at: new, withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }

  /// The repository's folder.
  public static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder of the built commands: that of the running program, so that commands and tests are of one build.
  public static let commands = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  private static let searchPath =
    "\(commands.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"

  /// Whether a program can be found.
  public static func has(_ program: String) -> Bool {
    searchPath.split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  /// Whether the commands are built with a sanitizer (setup/sanitize), which makes them slow and large.
  public static let hasSanitizer = ProcessInfo.processInfo.environment["RNN_SANITIZER"] != nil

  /// Runs `line` with bash and waits for it. Its output goes to files, so that it can't block; processes that it
  /// leaves running are killed.
  /// - Parameter timeout: seconds after which the line and all of its processes are killed (exit 124).
  public func run(_ line: String, timeout: Int) throws -> CommandResult {
    let (out, err) = (captures.appendingPathComponent("stdout"), captures.appendingPathComponent("stderr"))
    let script = "cd \"$WORK\" || exit 99\n\(line)"
    let limit = timeout * (Self.hasSanitizer ? 20 : 1)
    let words = ["timeout", "--kill-after=2", "\(limit)", "bash", "-c", script]
    let start = ContinuousClock.now
    let (exit, usage) = try Self.spawn(words, environment: environment, output: out.path, errors: err.path)
    return CommandResult(
      exit: exit, stdout: try text(out), stderr: try text(err),
      seconds: (ContinuousClock.now - start) / .seconds(1),
      processorSeconds: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime),
      peakMemory: usage.ru_maxrss >> 10)
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  /// The variables that commands get from the tests' environment; the last ones are for sanitizers and coverage.
  public static let keptVariables = [
    "HOME", "TMPDIR", "LANG", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE",
  ]

  private var environment: [String] {
    let own = ProcessInfo.processInfo.environment
    var kept = Self.keptVariables.compactMap { name in own[name].map { "\(name)=\($0)" } }
    // Commands that are killed leave torn profiles, which setup/coverage sorts out.
    kept = kept.map { $0.replacingOccurrences(of: "%m.%p.profraw", with: "%m-command-%p.profraw") }
    return kept + [
      "PATH=\(Self.searchPath)", "WORK=\(folder.path)",
      "FIXTURES=\(Self.repository.appendingPathComponent("fixtures").path)",
    ]
  }

  private func text(_ file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }

  /// Starts a program in a new process group and waits for it.
  /// - Returns: its exit code, or 128 plus the signal's number if a signal ended it, and what it used.
  private static func spawn(
    _ words: [String], environment: [String], output: String, errors: String
  ) throws -> (exit: Int32, usage: rusage) {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&files, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The command has the signal handlers that a shell would give it, regardless of those of the test process.
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let process = try withCStrings(words) { arguments in
      try withCStrings(environment) { variables in
        var process = pid_t()
        let code = posix_spawnp(&process, words[0], &files, &attributes, arguments, variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        return process
      }
    }
    return wait(for: process)
  }

  private static func wait(for process: pid_t) -> (exit: Int32, usage: rusage) {
    var (status, usage) = (Int32(0), rusage())
    while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
    kill(-process, SIGKILL)
    return (status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F), usage)
  }
}

/// Calls `body` with `strings` as a null-terminated array of C strings.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Result
) rethrows -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return try body(copies + [nil])
}
