// The terminal, if there is one, and the messages written to it.

import OperatingSystem
import SystemPackage

/// The three standard streams as the user sees them.
enum Terminal {
  /// Whether standard error can redraw a line: a terminal, not a dumb one, not a build server's.
  static let redraws: Bool =
    FileDescriptor.standardError.isTerminal && environment("TERM").map { $0 != "dumb" } ?? false
    && environment("CI") == nil

  /// The terminal's width in columns; 80 if it doesn't tell.
  static var width: Int { TerminalSize(of: .standardError)?.columns ?? 80 }

  /// Prints a line on standard error, in one write so that lines of a pipe's stages don't mix, replacing any progress
  /// bar.
  static func printLine(_ text: String) {
    try? writeLine(text)
  }

  /// As `printLine`, for lines that must not get lost; throws `Errno`.
  static func writeLine(_ text: String) throws(Errno) {
    let clear = redraws ? "\r\u{1B}[K" : ""
    try withErrno { _ = try FileDescriptor.standardError.writeAll("\(clear)\(text)\n".utf8) }
  }
}
