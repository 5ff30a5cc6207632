// How a sheet is drawn: which columns fit, the headings, and the rows.

import Stage

extension Sheet {
  /// A column on the screen.
  struct Place: Equatable {
    /// Among the columns that are shown.
    let index: Int
    let start: Int
    let width: Int
    /// Whether the whole width is on the screen.
    let isWhole: Bool
  }

  /// The columns for marks, and between columns.
  private static let (margin, gap) = (2, 2)
  /// A column that would have less than this is left out.
  private static let narrowest = 4

  private func width(_ column: SheetColumn) -> Int { widths[column.key] ?? displayWidth(column.heading) + 2 }

  /// The number of frozen columns at the left: no more than leave half of the screen to the others.
  func frozenCount(_ total: Int) -> Int {
    var (count, used) = (0, Self.margin)
    for column in shown {
      used += width(column) + Self.gap
      guard column.isFrozen, used <= max(total / 2, Self.margin + 12) else { break }
      count += 1
    }
    return count
  }

  /// The columns that are on the screen.
  func layout(_ total: Int) -> [Place] {
    let columns = shown
    let frozen = frozenCount(total)
    var (places, start) = ([Place](), Self.margin)
    let scrolled = min(max(frozen, left), columns.count)
    for index in Array(0..<frozen) + Array(scrolled..<columns.count) {
      let (wanted, room) = (width(columns[index]), total - start)
      guard room >= min(wanted, Self.narrowest) else { break }
      places.append(Place(index: index, start: start, width: min(wanted, room), isWhole: wanted <= room))
      start += wanted + Self.gap
    }
    return places
  }

  /// The headings and the rows.
  /// - Parameter visible: the rows of `rows.visible`.
  public mutating func frame(_ visible: [SheetRow], columns total: Int, hasUnicode: Bool) -> [StyledLine] {
    fit(visible, columns: total)
    let places = layout(total)
    return [headings(places, hasUnicode)]
      + visible.enumerated().map {
        line($1, places, isCurrent: rows.top + $0 == rows.cursor, total, hasUnicode)
      }
  }

  private func headings(_ places: [Place], _ hasUnicode: Bool) -> StyledLine {
    let columns = shown
    var line = StyledLine()
    for place in places {
      let column = columns[place.index]
      line.pad(to: place.start)
      let style = Style(isBold: true, isUnderlined: true, isReversed: place.index == cursor)
      line.append(
        column.heading + sign(of: column, hasUnicode), columns: place.width, isRight: column.isNumeric, style)
    }
    return line
  }

  /// The sign of the order at the column by which the rows are sorted.
  private func sign(of column: SheetColumn, _ hasUnicode: Bool) -> String {
    guard order.column == column.key else { return "" }
    return order.isDescending ? (hasUnicode ? " ▼" : " v") : (hasUnicode ? " ▲" : " ^")
  }

  private func line(
    _ row: SheetRow, _ places: [Place], isCurrent: Bool, _ total: Int, _ hasUnicode: Bool
  ) -> StyledLine {
    let all = columns.indices.filter { !hidden.contains(columns[$0].key) }
    var line = StyledLine(marked.contains(row.key) ? (hasUnicode ? "●" : "*") : " ", .bold)
    for place in places {
      let index = all[place.index]
      let cell = row.cells.indices.contains(index) ? row.cells[index] : ""
      line.pad(to: place.start, row.style)
      var style = row.style
      style.isBold = isCurrent && place.index == cursor
      style.isUnderlined = style.isBold
      line.append(cell, columns: place.width, isRight: columns[index].isNumeric, style)
    }
    guard isCurrent else { return line }
    line.pad(to: total)
    return line.styled { $0.isReversed = true }
  }
}
