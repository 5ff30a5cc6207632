// Terminals: whether a descriptor is a terminal, and its size.

import Glibc
import SystemPackage

/// The size of a terminal's window in characters.
public struct TerminalSize: Sendable, Equatable {
  /// The number of characters per line.
  public let columns: Int
  /// The number of lines.
  public let lines: Int

  /// Nil if the descriptor is not a terminal or its size is unknown.
  public init?(of descriptor: FileDescriptor) {
    var size = winsize()
    guard ioctl(descriptor.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return nil
    }
    (columns, lines) = (Int(size.ws_col), Int(size.ws_row))
  }
}

extension FileDescriptor {
  /// Whether the descriptor is a terminal.
  public var isTerminal: Bool { isatty(rawValue) == 1 }
}
