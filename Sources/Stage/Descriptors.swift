// The system calls that files need, as Swift functions; the only unsafe pointers of this library
// together with Threads.swift.

import Failures
import Glibc

/// What a failed system call left in `errno`.
struct SystemError: Error {
  let code: Int32

  /// The system's words for it, such as `No such file or directory`, begun in lower case to stand in a line.
  var text: String {
    let words = String(cString: strerror(code))
    return words.prefix(1).lowercased() + words.dropFirst()
  }

  /// The error of the call that has just failed.
  static var last: SystemError { SystemError(code: errno) }
}

/// The facts about a file that decide how it is read and written.
struct FileStatus {
  private let mode: mode_t

  /// The file at `path`, symbolic links followed; nil where there is none to be seen.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    mode = status.st_mode
  }

  /// The open file; nil where the descriptor is closed.
  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    mode = status.st_mode
  }

  var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
  var isRegular: Bool { mode & S_IFMT == S_IFREG }
  /// The permission bits, as for `chmod`.
  var permissions: mode_t { mode & 0o7777 }
}

/// File descriptors, by number.
enum Descriptor {
  /// Opens `path`, closed in child processes; throws `SystemError`.
  static func open(_ path: String, _ flags: Int32, permissions: mode_t = 0o666) throws -> Int32 {
    while true {
      let descriptor = Glibc.open(path, flags | O_CLOEXEC, permissions)
      if descriptor >= 0 { return descriptor }
      guard errno == EINTR else { throw SystemError.last }
    }
  }

  /// Flushes a file to its disk; what has no disk (a pipe, a device) counts as flushed.
  static func synchronize(_ descriptor: Int32) throws {
    while fsync(descriptor) != 0 {
      if errno == EINVAL || errno == EROFS || errno == ENOTSUP { return }
      guard errno == EINTR else { throw SystemError.last }
    }
  }

  /// Closes; an error here can be the only sign that written data is lost.
  static func close(_ descriptor: Int32) throws {
    guard Glibc.close(descriptor) == 0 || errno == EINTR else { throw SystemError.last }
  }

  /// Flushes a directory, so that a name in it outlives a crash.
  static func synchronize(directory: String) throws {
    let descriptor = try open(directory, O_RDONLY | O_DIRECTORY)
    defer { _ = Glibc.close(descriptor) }
    try synchronize(descriptor)
  }

  /// Writes all of `bytes`, whatever number of calls it takes; throws `SystemError`.
  static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
    try bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written >= 0 else { throw SystemError.last }
        rest = rest.dropFirst(written)
      }
    }
  }

  /// Gives the standard descriptors that the caller closed a file in the wrong direction, so that no file
  /// opened later takes their numbers, and using them still fails.
  static func guardStandardOnes() {
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
      _ = Glibc.open("/dev/null", descriptor == 0 ? O_WRONLY : descriptor == 1 ? O_RDONLY : O_RDWR)
    }
  }

  /// Lets go of standard output, so that a reader sees the end while this process still has work; throws
  /// `SystemError` for a write that failed late.
  static func closeStandardOutput() throws {
    let copy = fcntl(1, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw SystemError.last }
    let null = Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC)
    if null >= 0 {
      dup2(null, 1)
      _ = Glibc.close(null)
    }
    try close(copy)
  }
}

/// Where a path leads: the last target of its symbolic links, which need not exist yet.
func resolvedLinks(_ path: String) -> String {
  var path = path
  for _ in 0..<40 {
    guard let target = linkTarget(path) else { return path }
    path = target.hasPrefix("/") ? target : directory(of: path) + "/" + target
  }
  return path
}

private func linkTarget(_ path: String) -> String? {
  var characters = [CChar](repeating: 0, count: Int(PATH_MAX))
  let count = readlink(path, &characters, characters.count)
  guard count >= 0 else { return nil }
  return String(decoding: characters.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// The directory part of a path: `.` where there is none.
func directory(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The part of a path after its last slash.
func lastComponent(of path: String) -> String {
  String(path.split(separator: "/").last ?? Substring(path))
}

/// The path from the root; `path` itself where the working directory is gone.
func absolutePath(_ path: String) -> String {
  guard !path.hasPrefix("/"), let directory = workingDirectory() else { return path }
  return directory == "/" ? "/" + path : "\(directory)/\(path)"
}

/// The working directory; nil where it was removed.
func workingDirectory() -> String? {
  var characters = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
  guard getcwd(&characters, characters.count) != nil else { return nil }
  return String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// An environment variable's value; nil where unset or empty.
func environment(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  let text = String(cString: value)
  return text.isEmpty ? nil : text
}
