// A list of tokens as text: columns in blocks side by side, as many as its height asks for and its width allows.

extension TextRenderer {
  private static let (longestWord, gap) = (16, 2)

  /// The lines of a list of tokens.
  func list(_ list: TokenList) -> [String] {
    let columns = list.usedColumns
    let cells = ([list.header] + list.entries).map { entry in
      columns.map { TextWidth.clipped(entry.cells[$0], to: TextRenderer.longestWord, ellipsis: ellipsis) }
    }
    let widths = columns.indices.map { column in cells.map { TextWidth.of($0[column]) }.max() ?? 0 }
    let blockWidth = widths.reduce(0) { $0 + $1 + TextRenderer.gap } + TextRenderer.gap
    let room = max(1, (self.columns + TextRenderer.gap) / max(1, blockWidth))
    // Title, header and prompt need a line each.
    let blocks = min(room, max(1, TextRenderer.quotient(list.entries.count, max(10, lines - 3))))
    let count = TextRenderer.quotient(list.entries.count, blocks)
    let rows = cells.map { row in zip(row, widths).map(padded).joined() }
    let used = list.blocks(of: count).count
    let head = [String](repeating: rows[0], count: used).joined(separator: "  ")
    return [head]
      + (0..<count).map { row in
        stride(from: row, to: list.entries.count, by: count).map { rows[$0 + 1] }.joined(separator: "  ")
      }
  }

  /// `a / b`, rounded up.
  private static func quotient(_ a: Int, _ b: Int) -> Int { (a + b - 1) / b }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: width - TextWidth.of(text) + TextRenderer.gap)
  }
}
