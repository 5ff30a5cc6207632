// The standard streams: their names in messages, and their descriptors.

import Glibc
import OperatingSystem
import SystemPackage

/// The path of a file given on the command line; nil for a standard stream, that is, if no path or `-` is given.
func filePath(_ path: String?) -> String? { path == "-" ? nil : path }

/// The name of an input in messages: its path, or `standard input` if no path or `-` is given.
public func inputName(_ path: String?) -> String { filePath(path) ?? "standard input" }

/// The name of an output in messages: its path, or `standard output` if no path or `-` is given.
public func outputName(_ path: String?) -> String { filePath(path) ?? "standard output" }

/// The standard descriptors.
enum StandardStreams {
  /// Opens standard descriptors that the caller closed, in the wrong direction: no file opened later can get their
  /// numbers, and using them still fails.
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

  /// Whether standard output is the user's terminal. A launcher such as mpirun gives each process a terminal of its own, and
  /// passes on the bytes unchanged to wherever its output goes.
  static var outputIsTerminal: Bool {
    FileDescriptor.standardOutput.isTerminal && LaunchedProcess.current == nil
  }

  /// Closes standard output, so that its reader can finish while this process still has work to do.
  /// - Throws: `Errno` for a delayed write error.
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
      // After an interrupted close the descriptor is closed too.
      if error != .interrupted { throw error }
    }
  }
}
