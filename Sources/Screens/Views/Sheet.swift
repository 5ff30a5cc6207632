// A spreadsheet: rows and columns of which a part is shown, with a cursor. It knows nothing of what is in the cells beyond
// the rows that it is given to draw, so that there can be any number of rows.

import Stage

/// A column of a sheet.
public struct SheetColumn: Sendable, Equatable {
  /// What distinguishes the column.
  public let key: String
  /// What stands above it.
  public let heading: String
  /// Whether cells are aligned to the right.
  public let isNumeric: Bool
  /// Whether the column stays where it is while others are scrolled.
  public let isFrozen: Bool
  /// The largest width; longer cells are truncated.
  public let maxWidth: Int

  /// A column of text that scrolls, unless told otherwise.
  public init(
    key: String, heading: String, isNumeric: Bool = false, isFrozen: Bool = false, maxWidth: Int = 32
  ) {
    (self.key, self.heading, self.isNumeric) = (key, heading, isNumeric)
    (self.isFrozen, self.maxWidth) = (isFrozen, maxWidth)
  }
}

/// A row of a sheet: a cell for each column, hidden ones included.
public struct SheetRow: Sendable, Equatable {
  /// What distinguishes the row.
  public let key: String
  /// A text for each column.
  public let cells: [String]
  /// How all of them look.
  public let style: Style

  /// A row with a cell for each column.
  public init(key: String, cells: [String], style: Style = .plain) {
    (self.key, self.cells, self.style) = (key, cells, style)
  }
}

/// By which column the rows are sorted.
public struct SheetOrder: Sendable, Equatable {
  /// The column's key.
  public let column: String
  /// Whether the largest value is first.
  public let isDescending: Bool

  /// The order by the column with this key.
  public init(column: String, isDescending: Bool) {
    (self.column, self.isDescending) = (column, isDescending)
  }
}

/// The state of a spreadsheet. Whoever shows it sorts the rows.
public struct Sheet: Sendable {
  /// All columns, of which some may be hidden.
  public private(set) var columns: [SheetColumn] = []
  /// The keys of the columns that aren't shown.
  public private(set) var hidden: Set<String> = []
  /// The rows.
  public var rows = ListPosition()
  /// The order of the rows.
  public private(set) var order: SheetOrder
  /// The keys of the marked rows, in the order in which they were marked.
  public private(set) var marked: [String] = []
  /// The column with the cursor, among those that are shown.
  private(set) var cursor = 0
  /// The first column that is shown of those that aren't frozen, among those that are shown.
  private(set) var left = 0
  /// The widths of the columns by key: they grow with the rows that are shown, so that columns don't jump about.
  private(set) var widths: [String: Int] = [:]

  /// A sheet without rows: give `rows` their number.
  public init(_ columns: [SheetColumn], order: SheetOrder) {
    self.order = order
    set(columns)
  }

  /// The columns that are shown.
  var shown: [SheetColumn] { columns.filter { !hidden.contains($0.key) } }

  /// The column with the cursor.
  public var column: SheetColumn? { shown.indices.contains(cursor) ? shown[cursor] : nil }

  /// Replaces the columns; the cursor stays in its column if that is still there.
  public mutating func set(_ columns: [SheetColumn]) {
    let current = column?.key
    self.columns = columns
    move(to: shown.firstIndex { $0.key == current } ?? min(cursor, max(0, shown.count - 1)))
  }

  /// The rows are others, or in another order.
  public mutating func set(_ order: SheetOrder) { self.order = order }

  /// Removes all marks.
  public mutating func unmark() { marked = [] }

  /// What must be done for a key.
  public enum Action: Sendable, Equatable {
    /// The rows must be sorted.
    case sort(SheetOrder)
    /// Nothing: the sheet has changed.
    case none
  }

  /// Moves, marks, hides, or asks for another order.
  /// - Parameter row: the key of the row with the cursor.
  /// - Returns: nil for a key that is not one of a sheet.
  public mutating func handle(_ key: Key, row: String?) -> Action? {
    if rows.handle(key) { return Action.none }
    switch key {
    case .left, .character("h"): move(to: cursor - 1)
    case .right, .character("l"), .tab: move(to: cursor + 1)
    case .backTab: move(to: cursor - 1)
    case .character("0"), .character("^"): move(to: 0)
    case .character("$"): move(to: shown.count - 1)
    case .character(" "): mark(row)
    case .character("d"), .character("-"): hide()
    case .character("D"): show()
    case .character("s"), .character("<"): return sort(descending: false)
    case .character("S"), .character(">"): return sort(descending: true)
    default: return nil
    }
    return Action.none
  }

  private mutating func move(to column: Int) {
    cursor = min(max(0, column), max(0, shown.count - 1))
    left = min(left, max(0, shown.count - 1))
  }

  /// Marks the row, or removes its mark, and goes on to the next.
  private mutating func mark(_ row: String?) {
    guard let row else { return }
    if let index = marked.firstIndex(of: row) { marked.remove(at: index) } else { marked.append(row) }
    rows.move(to: rows.cursor + 1)
  }

  /// Hides the column with the cursor; the last one stays.
  private mutating func hide() {
    guard let column, shown.count > 1 else { return }
    hidden.insert(column.key)
    move(to: cursor)
  }

  /// Shows all columns.
  private mutating func show() {
    let current = column?.key
    hidden = []
    move(to: shown.firstIndex { $0.key == current } ?? 0)
  }

  private mutating func sort(descending: Bool) -> Action {
    guard let column else { return Action.none }
    order = SheetOrder(column: column.key, isDescending: descending)
    return .sort(order)
  }

  /// Whether all columns from `first` on are on the screen.
  private func showsRest(from first: Int, _ total: Int) -> Bool {
    var other = self
    other.left = first
    return other.layout(total).last.map { $0.index == shown.count - 1 && $0.isWhole } ?? true
  }

  /// Makes the columns wide enough for these rows, and keeps the column with the cursor in view.
  mutating func fit(_ rows: [SheetRow], columns total: Int) {
    for (index, column) in columns.enumerated() {
      let widest =
        rows.map { $0.cells.indices.contains(index) ? displayWidth($0.cells[index]) : 0 }.max() ?? 0
      // The heading has room for the sign of the order.
      let wanted = max(widths[column.key] ?? 1, widest, displayWidth(column.heading) + 2)
      widths[column.key] = min(wanted, max(column.maxWidth, displayWidth(column.heading) + 2))
    }
    let frozen = frozenCount(total)
    left = cursor < frozen ? frozen : min(max(left, frozen), cursor)
    // No room is left empty beside the last column.
    while left > frozen, showsRest(from: left - 1, total) { left -= 1 }
    while cursor >= frozen, left < cursor,
      !layout(total).contains(where: { $0.index == cursor && $0.isWhole })
    { left += 1 }
  }
}
