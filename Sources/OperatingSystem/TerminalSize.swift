// Terminals: whether a descriptor is one, and how large it is.

import Glibc
import SystemPackage

/// The size of a terminal's window in characters.
public struct TerminalSize: Sendable, Equatable {
  /// Characters in a line.
  public let columns: Int
  /// Lines.
  public let lines: Int

  /// Nil if the descriptor is not a terminal, or one that doesn't know its size.
  public init?(of descriptor: FileDescriptor) {
    var size = winsize()
    guard ioctl(descriptor.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return nil
    }
    (columns, lines) = (Int(size.ws_col), Int(size.ws_row))
  }
}

extension FileDescriptor {
  /// Whether a person types at, or looks at, the descriptor.
  public var isTerminal: Bool { isatty(rawValue) == 1 }
}
