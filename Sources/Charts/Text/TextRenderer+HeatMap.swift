// Heat maps as text: a shade for each cell, with the rows' labels on the left and the columns' labels above, from top
// to bottom.

extension TextRenderer {
  private static let shades: [Character] = [" ", "░", "▒", "▓", "█"]
  private static let letters: [Character] = [" ", ".", ":", "+", "#"]

  /// The lines of a heat map, as many columns as fit, and the number of the others.
  func heat(_ map: HeatMap, _ panel: Panel) -> [String] {
    let names = map.rows.map { clipped($0, to: 24) }
    let width = (names.map(TextWidth.of).max() ?? 0) + 2
    let count = max(1, min(map.columns.count, (columns - width) / 2))
    let labels = map.columns.prefix(count).map { Array(clipped($0, to: 12)) }
    let height = labels.map(\.count).max() ?? 0
    let head = (0..<height).map { line in
      String(repeating: " ", count: width) + labels.map { cell(of: $0, line: line, height: height) }.joined()
    }
    let rows = zip(names, map.values).map { name, values in
      String(repeating: " ", count: width - 2 - TextWidth.of(name)) + name + "  "
        + values.prefix(count).map { String(repeating: shade($0), count: 2) }.joined()
    }
    let rest = count < map.columns.count ? ["  ... (+\(map.columns.count - count))"] : []
    return ["  \(panel.y.label) / \(panel.x.label)"] + head + rows + rest
  }

  /// A letter of a label that is written downward and ends above its column.
  private func cell(of label: [Character], line: Int, height: Int) -> String {
    let index = line - (height - label.count)
    guard label.indices.contains(index) else { return "  " }
    let letter = String(label[index])
    return letter + String(repeating: " ", count: max(0, 2 - TextWidth.of(letter)))
  }

  private func shade(_ value: Double) -> Character {
    let shades = style.hasUnicode ? Self.shades : Self.letters
    return shades[min(shades.count - 1, max(0, Int((value * Double(shades.count)).rounded(.down))))]
  }
}
