// Which stage of a pipe draws on their common terminal.

import Glibc
import OperatingSystem
import SystemPackage

/// The right to draw on the terminal that the stages of a pipe share. The first stage to draw keeps it until its work
/// is done, by an advisory lock, which the system releases when the process ends.
final class TerminalTurn {
  private let descriptor: FileDescriptor
  private var isHeld = false

  /// Nil if the terminal can't be reopened; then nothing is drawn.
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
