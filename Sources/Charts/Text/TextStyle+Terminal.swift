// The terminal that text charts are drawn on: its size, and whether it has colors and braille.

import Glibc

extension TextStyle {
  /// The style for standard output; if that is not a terminal, 100 columns without colors.
  public static var standardOutput: TextStyle {
    let isTerminal = isatty(1) == 1
    let size = isTerminal ? windowSize : nil
    let isDumb = variable("TERM") == "dumb"
    return TextStyle(
      columns: size?.columns ?? number("COLUMNS") ?? 100,
      // One line is left for the prompt.
      lines: max(12, (size?.lines ?? 25) - 1),
      hasColor: isTerminal && !isDumb && (variable("NO_COLOR") ?? "").isEmpty, hasUnicode: hasUnicode)
  }

  private static var windowSize: (columns: Int, lines: Int)? {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Whether the locale uses UTF-8; assumed if no locale is set, as in most containers.
  private static var hasUnicode: Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first { !$0.isEmpty } ?? "UTF-8"
    let name = locale.lowercased()
    return name.contains("utf-8") || name.contains("utf8")
  }

  private static func number(_ name: String) -> Int? {
    variable(name).flatMap { Int($0) }.map { min(max($0, 20), 1000) }
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
