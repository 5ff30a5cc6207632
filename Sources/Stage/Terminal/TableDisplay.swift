// The output to which tables are printed: its width, and whether it shows colors.

import OperatingSystem
import SystemPackage

/// Where a table is printed.
package struct TableDisplay {
  /// The width in characters; nil if lines may have any length.
  let width: Int?
  /// Whether colors are shown.
  let hasColors: Bool

  package init(width: Int?, hasColors: Bool) { (self.width, self.hasColors) = (width, hasColors) }

  /// Standard output: a terminal with its width, anything else without limits and colors.
  package static var standardOutput: TableDisplay {
    guard FileDescriptor.standardOutput.isTerminal else { return TableDisplay(width: nil, hasColors: false) }
    let isDumb = environment("TERM").map { $0 == "dumb" } ?? true
    return TableDisplay(
      width: TerminalSize(of: .standardOutput)?.columns ?? 80,
      hasColors: environment("NO_COLOR") == nil && !isDumb)
  }
}
