// The processes of a trial: a group of their own, which Ctrl-C doesn't reach by itself, with nothing to read, and with
// the trial's log as their output.

import Failures
import Foundation
import OperatingSystem
import Stage
import SystemPackage

/// A running trial.
struct TrialProcess {
  /// The process, and the number of its group.
  private let id: pid_t

  /// The descriptor at which a trial's processes keep their lock, out of the way of scripts.
  private static let lockDescriptor: Int32 = 198

  /// Starts a program.
  /// - Parameters:
  ///   - program: its path.
  ///   - words: its name and its arguments.
  ///   - directory: where it runs.
  ///   - lock: the locked file that it holds until all of its processes have ended.
  /// - Throws: `Failure` (unavailable).
  init(
    _ program: String, _ words: [String], environment: [String: String], directory: String, log: String,
    lock: FileDescriptor
  ) throws(Failure) {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&files, 1, 2)
    posix_spawn_file_actions_adddup2(&files, lock.rawValue, Self.lockDescriptor)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    Self.set(&attributes)
    let variables = environment.map { "\($0.key)=\($0.value)" }.sorted()
    let code: Int32
    // A sweep that is resumed from another folder has its trials run where they were begun.
    let line =
      directory == workingDirectory()
      ? (program, words)
      : ("/bin/sh", ["sh", "-c", "cd \"$0\" && exec \"$@\"", directory, program] + words.dropFirst())
    (code, id) = Self.spawn(line.0, line.1, variables, &files, &attributes)
    guard code == 0 else {
      throw Failure(.unavailable, "can't be started: \(Errno(rawValue: code).text)", at: program)
    }
  }

  /// A group of its own, and the usual handling of signals that this process handles or ignores.
  private static func set(_ attributes: inout posix_spawnattr_t) {
    var (usual, none) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&usual)
    for signal in [SIGPIPE, SIGINT, SIGTERM] { sigaddset(&usual, signal) }
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))
  }

  private static func spawn(
    _ program: String, _ words: [String], _ variables: [String], _ files: inout posix_spawn_file_actions_t,
    _ attributes: inout posix_spawnattr_t
  ) -> (code: Int32, id: pid_t) {
    let (arguments, environment) = (words.map { strdup($0) }, variables.map { strdup($0) })
    defer { for pointer in arguments + environment { free(pointer) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, program, &files, &attributes, arguments + [nil], environment + [nil])
    return (code, id)
  }

  /// The number of the group, as it is kept in the lock's file.
  var group: String { "\(id)\n" }

  /// The exit code if the process has ended, 128 plus the number of the signal that ended it; nil while it runs.
  func poll() throws(Failure) -> Int32? {
    var status: Int32 = 0
    let ended = waitpid(id, &status, WNOHANG)
    if ended == 0 { return nil }
    guard ended == id else {
      if errno == EINTR { return nil }
      throw Failure(.software, "can't wait for a trial: \(Errno(rawValue: errno).text)")
    }
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  /// Sends a signal to all of the trial's processes.
  func signal(_ number: Int32) { kill(-id, number) }
}
