// The terminal, if there is one, and the messages written to it.

import OperatingSystem
import SystemPackage

/// The properties of the standard streams.
enum Terminal {
  /// Whether a line can be redrawn on standard error: a terminal, but not a dumb one or that of a build server.
  static let redraws: Bool =
    FileDescriptor.standardError.isTerminal && environment("TERM").map { $0 != "dumb" } ?? false
    && environment("CI") == nil

  /// The terminal's width in columns; 80 if unknown.
  static var width: Int { TerminalSize(of: .standardError)?.columns ?? 80 }

  /// A line for programs, which a user sees only if standard error is a terminal.
  static func escaped(_ line: String) -> String {
    FileDescriptor.standardError.isTerminal ? printable(line) : line
  }

  /// Prints a line on standard error, replacing any progress bar; in a single write, so that the lines of a pipe's
  /// stages are not interleaved.
  static func printLine(_ text: String) {
    try? writeLine(text)
  }

  /// Like `printLine`, for lines that must not be lost; throws `Errno`.
  static func writeLine(_ text: String) throws(Errno) {
    let clear = redraws ? "\r\u{1B}[K" : ""
    try withErrno { _ = try FileDescriptor.standardError.writeAll("\(clear)\(text)\n".utf8) }
  }
}
