// Small tables of results as aligned lines of text.

/// The rows as lines: cells padded to the width of their column and two spaces apart, the first column to the left, all
/// others to the right.
public func alignedLines(_ rows: [[String]]) -> [String] {
  let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    let cells = zip(row, widths).enumerated().map { column, cell in
      let padding = String(repeating: " ", count: cell.1 - cell.0.count)
      return column == 0 ? cell.0 + padding : padding + cell.0
    }
    return cells.joined(separator: "  ")
  }
}
