// The terminal that text charts are drawn on: its size, whether it has colours, whether it shows braille.

import Charts
import Glibc

enum Screen {
  /// What standard output can show. What is no terminal gets 100 columns without colours.
  static var style: TextStyle {
    let isTerminal = isatty(1) == 1
    let size = isTerminal ? windowSize : nil
    let isDumb = variable("TERM") == "dumb"
    return TextStyle(
      columns: size?.columns ?? number("COLUMNS") ?? 100,
      // One line stays for the prompt.
      lines: max(12, (size?.lines ?? 25) - 1),
      hasColor: isTerminal && !isDumb && (variable("NO_COLOR") ?? "").isEmpty, hasUnicode: hasUnicode)
  }

  private static var windowSize: (columns: Int, lines: Int)? {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Whether the locale's letters are Unicode; without any locale set, as in most containers, they are taken
  /// to be.
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
