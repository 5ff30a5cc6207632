// Which stage of a pipe draws at their common terminal.

import Glibc
import OperatingSystem
import SystemPackage

/// The right to draw at the terminal, which the stages of a pipe share. The first to draw keeps it until its work is
/// done, by an advisory lock that the system releases whatever happens.
final class TerminalTurn {
  private let descriptor: FileDescriptor
  private var isHeld = false

  /// Nil if the terminal can't be opened again; then nothing is drawn.
  init?() {
    guard
      let opened = try? FileDescriptor.open(
        "/proc/self/fd/2", .writeOnly,
        options: [.closeOnExec, FileDescriptor.OpenOptions(rawValue: O_NOCTTY)])
    else { return nil }
    descriptor = opened
  }

  deinit { try? descriptor.close() }

  /// Whether this process may draw now.
  func acquire() -> Bool {
    if !isHeld { isHeld = (try? descriptor.tryLock()) ?? false }
    return isHeld
  }
}
