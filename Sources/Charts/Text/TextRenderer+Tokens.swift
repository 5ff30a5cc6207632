// A list of tokens as text: columns in blocks side by side, as many as the terminal has room for.

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
    let blocks = max(1, (self.columns + TextRenderer.gap) / max(1, blockWidth))
    let count = (list.entries.count + blocks - 1) / blocks
    let lines = cells.map { row in zip(row, widths).map(padded).joined() }
    let used = list.blocks(of: count).count
    let head = [String](repeating: lines[0], count: used).joined(separator: "  ")
    return [head]
      + (0..<count).map { row in
        stride(from: row, to: list.entries.count, by: count).map { lines[$0 + 1] }.joined(separator: "  ")
      }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: width - TextWidth.of(text) + TextRenderer.gap)
  }
}
