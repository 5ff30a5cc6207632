// Runs another program with its three standard streams connected to files, so that neither process can block
// the other, however much it writes.

import Failures
import Glibc

/// An unlinked file in `$TMPDIR`, which is freed when its last user closes it.
final class AnonymousFile {
  let descriptor: Int32

  init() throws(Failure) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var path = Array((folder + "/rnn-plot-XXXXXX").utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw AnonymousFile.failure("can't create a temporary file in \(folder)") }
    unlink(path)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// Writes all of `bytes` and seeks to the beginning.
  func write(_ bytes: [UInt8]) throws(Failure) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        Glibc.write(descriptor, raw.baseAddress?.advanced(by: written), raw.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw AnonymousFile.failure("can't write the data for gnuplot") }
      written += count
    }
    lseek(descriptor, 0, SEEK_SET)
  }

  /// The contents of the whole file.
  func contents() throws(Failure) -> [UInt8] {
    lseek(descriptor, 0, SEEK_SET)
    var all: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw AnonymousFile.failure("can't read gnuplot's output") }
      if count == 0 { return all }
      all.append(contentsOf: block[..<count])
    }
  }

  private static func failure(_ problem: String) -> Failure {
    Failure(.io, "\(problem): \(String(cString: strerror(errno)))")
  }
}

/// A child process.
struct ChildProcess {
  private let id: pid_t
  private let program: String

  /// Starts `program`, looked up in `PATH`.
  /// - Parameter missing: the remedy if there is no such program.
  init(
    _ program: String, _ arguments: [String], input: AnonymousFile, output: AnonymousFile,
    errors: AnonymousFile, missing: String
  ) throws(Failure) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, file) in [input, output, errors].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file.descriptor, Int32(target))
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
    return Failure(.unavailable, "\(program) can't be started: \(String(cString: strerror(code)))")
  }

  /// Waits for the process to end.
  /// - Returns: the exit status, or 128 plus the signal's number if a signal ended it.
  func wait() throws(Failure) -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 {
      guard errno == EINTR else {
        throw Failure(.io, "can't wait for \(program): \(String(cString: strerror(errno)))")
      }
    }
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }
}
