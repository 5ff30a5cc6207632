// What is known about the terminal, if there is one, and the messages written to it.

import Glibc

/// The three standard streams as the user sees them.
enum Terminal {
  /// Whether a person types at, or looks at, the descriptor.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Whether standard error can redraw a line: a terminal, not a dumb one, not a build server's.
  static let redraws: Bool =
    isTerminal(2) && environment("TERM").map { $0 != "dumb" } ?? false && environment("CI") == nil

  /// The terminal's width in columns; 80 where it won't say.
  static var width: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// One whole line on standard error, in one write so that lines of a pipe's stages don't mix, over any
  /// progress bar that stands there.
  static func printLine(_ text: String) {
    try? writeLine(text)
  }

  /// As `printLine`, for lines that must not get lost; throws `SystemError`.
  static func writeLine(_ text: String) throws {
    let clear = redraws ? "\r\u{1B}[K" : ""
    try Descriptor.write(Array("\(clear)\(text)\n".utf8), to: 2)
  }
}

/// `text` fit to stand in one line at a terminal: control characters, which a file's name or content may
/// hold, become visible escapes.
public func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  var out = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": out += "\\n"
    case "\t": out += "\\t"
    case "\r": out += "\\r"
    case _ where isControl(scalar): out += "\\u{\(String(scalar.value, radix: 16))}"
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
}
