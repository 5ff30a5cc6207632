// The standard streams: what messages call them, and their descriptors.

import Glibc
import OperatingSystem
import SystemPackage

/// The path of a file, if the command line names one: nil for the standard stream, which it names by nothing or
/// by `-`.
func filePath(_ path: String?) -> String? { path == "-" ? nil : path }

/// What messages call an input: its path, or `standard input` if the command line names none or `-`.
public func inputName(_ path: String?) -> String { filePath(path) ?? "standard input" }

/// What messages call an output: its path, or `standard output` if the command line names none or `-`.
public func outputName(_ path: String?) -> String { filePath(path) ?? "standard output" }

/// The descriptors that every process begins with.
enum StandardStreams {
  /// Opens the standard descriptors that the caller closed, in the wrong direction, so that no file opened later
  /// takes their numbers, and using them still fails.
  static func reserveDescriptors() {
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", descriptor == 0 ? O_WRONLY : descriptor == 1 ? O_RDONLY : O_RDWR)
    }
  }

  /// Whether a descriptor is open for reading, or for writing.
  static func isOpen(_ descriptor: FileDescriptor, for access: FileDescriptor.AccessMode) -> Bool {
    let flags = fcntl(descriptor.rawValue, F_GETFL)
    return flags >= 0 && [access.rawValue, O_RDWR].contains(flags & O_ACCMODE)
  }

  /// Closes standard output, so that a reader sees its end while this process still has work.
  /// - Throws: `Errno` for a write that failed late.
  static func closeOutput() throws(Errno) {
    let copy = fcntl(1, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw .last }
    if let null = try? FileDescriptor.open("/dev/null", .writeOnly, options: .closeOnExec) {
      _ = try? null.duplicate(as: .standardOutput)
      try? null.close()
    }
    do throws(Errno) {
      try withErrno { try FileDescriptor(rawValue: copy).close() }
    } catch {
      // An interrupted close has closed.
      if error != .interrupted { throw error }
    }
  }
}
