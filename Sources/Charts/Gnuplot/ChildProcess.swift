// Runs another program with its three standard streams connected to files, so that neither process can block
// the other, however much it writes.

import Failures
import Glibc
import OperatingSystem
import SystemPackage

/// A child process.
struct ChildProcess {
  private let id: pid_t
  private let program: String

  /// Starts `program`, looked up in `PATH`.
  /// - Parameter missing: the remedy if there is no such program.
  init(
    _ program: String, _ arguments: [String], input: TemporaryFile, output: TemporaryFile,
    errors: TemporaryFile, missing: String
  ) throws(Failure) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, file) in [input, output, errors].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file.descriptor.rawValue, Int32(target))
    }
    let code: Int32
    (code, id) = ChildProcess.spawn([program] + arguments, &actions)
    self.program = program
    guard code == 0 else { throw ChildProcess.failure(program, code, missing: missing) }
  }

  private static func spawn(
    _ words: [String], _ actions: inout posix_spawn_file_actions_t
  ) -> (code: Int32, id: pid_t) {
    let pointers = words.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    var id: pid_t = 0
    let code = posix_spawnp(&id, words[0], &actions, nil, pointers + [nil], environ)
    return (code, id)
  }

  private static func failure(_ program: String, _ code: Int32, missing: String) -> Failure {
    if code == ENOENT { return Failure(.unavailable, "\(program) is not installed", remedy: missing) }
    return Failure(.unavailable, "\(program) can't be started: \(Errno(rawValue: code).text)")
  }

  /// Waits for the process to end.
  /// - Returns: the exit status, or 128 plus the signal's number if a signal ended it.
  func wait() throws(Failure) -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 {
      let error = Errno.last
      guard error == .interrupted else { throw Failure(.io, "can't wait for \(program): \(error.text)") }
    }
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }
}
