// A table as text, fitted to the terminal, or as CSV.

import Registry

/// How a row is highlighted if colors are shown.
package enum Emphasis {
  case none, failure, warning, activity

  package init(_ status: RunStatus) {
    switch status {
    case .done: self = .none
    case .failed: self = .failure
    case .interrupted: self = .warning
    case .running: self = .activity
    }
  }

  /// The terminal's escape sequence.
  var code: String {
    switch self {
    case .none: ""
    case .failure: "\u{1B}[31m"
    case .warning: "\u{1B}[33m"
    case .activity: "\u{1B}[32m"
    }
  }
}

/// Rows of text under headings.
package struct Table {
  /// A column's heading and the alignment of its cells.
  package enum Heading {
    case left(String), right(String)

    var text: String {
      switch self {
      case .left(let text), .right(let text): text
      }
    }
  }

  private let headings: [Heading]
  private var rows: [(cells: [String], emphasis: Emphasis)] = []

  package init(_ headings: [Heading]) { self.headings = headings }

  /// Adds a row with one cell per heading.
  package mutating func add(_ cells: [String], emphasis: Emphasis = .none) { rows.append((cells, emphasis)) }

  /// The table as lines of text; columns are clipped if the display is too narrow. Control characters become escapes,
  /// so that no cell can manipulate the terminal.
  package func text(_ display: TableDisplay) -> String {
    let head = headings.map { printable($0.text) }
    let cells = rows.map { $0.cells.map(printable) }
    let widths = fitted(naturalWidths([head] + cells), to: display.width)
    let body = zip(cells, rows).map { cells, row in
      painted(line(cells, widths), row.emphasis, display)
    }
    return ([line(head, widths)] + body).joined(separator: "\n")
  }

  private func painted(_ line: String, _ emphasis: Emphasis, _ display: TableDisplay) -> String {
    display.hasColors && !emphasis.code.isEmpty ? "\(emphasis.code)\(line)\u{1B}[0m" : line
  }

  private func naturalWidths(_ lines: [[String]]) -> [Int] {
    headings.indices.map { column in lines.map { displayWidth($0[column]) }.max() ?? 0 }
  }

  private static let gap = 2

  /// Shrinks the last column first, to a few words; then the widest one repeatedly.
  private func fitted(_ widths: [Int], to width: Int?) -> [Int] {
    guard let width, let last = widths.indices.last else { return widths }
    var (widths, surplus) = (widths, widths.reduce(Self.gap * (widths.count - 1), +) - width)
    func shrink(_ column: Int, to least: Int) -> Bool {
      guard surplus > 0, widths[column] > least else { return false }
      (widths[column], surplus) = (widths[column] - 1, surplus - 1)
      return true
    }
    while shrink(last, to: 12) {}
    while let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), shrink(widest, to: 4) {}
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (column, heading) in headings.enumerated() {
      let cell = clipped(cells[column], to: widths[column])
      let space = String(repeating: " ", count: max(0, widths[column] - displayWidth(cell)))
      if column > 0 { line += String(repeating: " ", count: Self.gap) }
      if case .left = heading { line += cell + space } else { line += space + cell }
    }
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }

  /// The table as CSV (RFC 4180), with a line of headings.
  package var csv: String {
    ([headings.map(\.text)] + rows.map(\.cells)).map { cells in
      cells.map(Self.quoted).joined(separator: ",")
    }.joined(separator: "\n")
  }

  /// A cell of CSV, in quotes if it needs them.
  package static func quoted(_ cell: String) -> String {
    let isPlain = cell.utf8.allSatisfy { ![UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }
    return isPlain
      ? cell
      : "\""
        + cell.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"") + "\""
  }
}
