// Runs another program. It reads its input and writes its errors from and to files, so that neither process can block the
// other, and writes its output to a pipe, which unlike a file can't be on a full disk: a program that doesn't check its
// writes would lose a part of its output without a word.

import Failures
import Glibc
import OperatingSystem
import SystemPackage

/// A child process.
struct ChildProcess {
  private let id: pid_t
  private let program: String
  /// The end of the pipe from which the output is read.
  private let reading: FileDescriptor

  /// Starts `program`, looked up in `PATH`.
  /// - Parameter missing: the remedy if there is no such program.
  init(
    _ program: String, _ arguments: [String], input: TemporaryFile, errors: TemporaryFile, missing: String
  ) throws(Failure) {
    let (reading, writing) = try ChildProcess.pipe()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, file) in [input.descriptor, writing, errors.descriptor].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file.rawValue, Int32(target))
    }
    let code: Int32
    (code, id) = ChildProcess.spawn([program] + arguments, &actions)
    self.program = program
    self.reading = reading
    let isClosed = (try? writing.close()) != nil
    guard code == 0 else {
      try? reading.close()
      throw ChildProcess.failure(program, code, missing: missing)
    }
    guard isClosed else { throw endless() }
  }

  /// Ends the process, whose output would never come to an end, since this process holds its pipe open.
  private func endless() -> Failure {
    kill(id, SIGKILL)
    _ = try? wait()
    try? reading.close()
    return Failure(.io, "the pipe to \(program) can't be closed")
  }

  private static func pipe() throws(Failure) -> (reading: FileDescriptor, writing: FileDescriptor) {
    do throws(Errno) {
      let ends = try withErrno { try FileDescriptor.pipe() }
      for end in [ends.readEnd, ends.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
      return (ends.readEnd, ends.writeEnd)
    } catch {
      throw Failure(.io, "a pipe can't be created: \(error.text)")
    }
  }

  /// All that the program writes, read until it closes its output; to be called once, before `wait`.
  func output() throws(Failure) -> [UInt8] {
    defer { try? reading.close() }
    var (all, block) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    do throws(Errno) {
      while case let count = try read(&block), count > 0 { all += block[..<count] }
    } catch {
      throw Failure(.io, "the output of \(program) can't be read: \(error.text)")
    }
    return all
  }

  private func read(_ block: inout [UInt8]) throws(Errno) -> Int {
    try withErrno { try block.withUnsafeMutableBytes { try reading.read(into: $0) } }
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
