// A list of tokens in a picture: columns of text in blocks side by side.

extension GnuplotScript {
  private static let lineHeight = 24

  /// The width of each column and of a block, in letters.
  private static let (widths, longestWord) = ([12, 8, 20, 20], 18)

  mutating func draw(_ list: TokenList, height: Int) {
    let lines = max(1, (height - 100) / GnuplotScript.lineHeight)
    let blocks = list.blocks(of: lines)
    let columns = list.usedColumns
    let blockWidth = columns.reduce(0) { $0 + GnuplotScript.widths[$1] }
    line("unset border\nunset xtics\nunset ytics\nunset grid\nunset key")
    line("set xlabel ''\nset ylabel ''\nset lmargin 3\nset rmargin 1\nset bmargin 1")
    line("set xrange [0:\(max(1, blocks.count) * blockWidth)]\nset yrange [\(lines):-1]")
    for (index, block) in blocks.enumerated() {
      write(list.header, at: index * blockWidth, line: -1, columns, color: "#7A7A7A")
      for (row, entry) in block.enumerated() {
        write(entry, at: index * blockWidth, line: row, columns, color: "#222222")
      }
    }
    line("plot NaN notitle")
  }

  private mutating func write(
    _ entry: TokenList.Entry, at start: Int, line number: Int, _ columns: [Int], color: String
  ) {
    var x = start
    for column in columns {
      let text = TextWidth.clipped(entry.cells[column], to: GnuplotScript.longestWord, ellipsis: "…")
      line(
        "set label \(GnuplotText.quoted(text)) at \(x),\(Double(number) + 0.4) left textcolor rgb '\(color)'"
      )
      x += GnuplotScript.widths[column]
    }
  }
}
