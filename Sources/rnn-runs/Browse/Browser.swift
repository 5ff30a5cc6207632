// The state of rnn-runs browse: what is shown, and what keys do. It reads nothing itself: a key may have an effect, which
// the session carries out.

import Failures
import Registry
import Screens

struct Browser {
  /// What is on the screen.
  enum Mode: Equatable {
    case sheet
    case filter(LineEditor)
    case metrics(Picker)
    case parameters(Picker)
    case page(Page, Pager)
  }

  /// A text about runs.
  enum Page: Equatable {
    case help
    case run(String)
    case lineage(String)
    case comparison([String])
  }

  /// What is to be done for a key.
  enum Effect: Equatable {
    /// The runs must be read: another filter or order, or other columns.
    case load
    /// The registry must be opened again.
    case reopen
    case open(Page)
    case pickMetrics, pickParameters
    case choose([String])
    case quit, interrupt, suspend, redraw
  }

  var sheet: Sheet
  var mode = Mode.sheet
  /// The filter as typed.
  var filter = ""
  /// The metrics that are shown, as users write them.
  var metrics: [String]
  /// The parameters that are shown.
  var parameters: [String]
  /// What is said in the last line until the next key.
  var message: String?

  init(metrics: [String], parameters: [String]) {
    (self.metrics, self.parameters) = (metrics, parameters)
    sheet = Sheet([], order: Self.newestFirst)
    sheet.set(columns.map(\.sheetColumn))
  }

  /// All columns. A metric that can't be read is left out.
  var columns: [BrowserColumn] {
    [.run, .name, .stage, .status, .started, .time]
      + metrics.compactMap { try? MetricColumn($0) }.map(BrowserColumn.metric)
      + parameters.map(BrowserColumn.parameter) + [.command]
  }

  /// Changes the state.
  /// - Parameter row: the id of the run with the cursor.
  mutating func handle(_ key: Key, row: String?) -> Effect? {
    message = nil
    switch key {
    case .control("z"): return .suspend
    case .control("l"): return .redraw
    case .control("c") where mode == .sheet: return .interrupt
    default: break
    }
    switch mode {
    case .sheet: return handleSheet(key, row)
    case .filter(var editor): return handle(key, &editor)
    case .metrics(var picker): return handle(key, &picker, isMetrics: true)
    case .parameters(var picker): return handle(key, &picker, isMetrics: false)
    case .page(let page, var pager):
      if [.escape, .character("q"), .enter, .backspace, .control("c")].contains(key) {
        mode = .sheet
      } else if pager.handle(key) {
        mode = .page(page, pager)
      }
      return nil
    }
  }

  private mutating func handleSheet(_ key: Key, _ row: String?) -> Effect? {
    switch key {
    case .character("q"): return .quit
    case .character("?"), .function(1): return .open(.help)
    case .character("/"), .character("f"): mode = .filter(LineEditor(prompt: "/", text: filter))
    case .character("m"): return .pickMetrics
    case .character("p"): return .pickParameters
    case .character("r"), .function(5): return .reopen
    case .character("u"): sheet.unmark()
    case .character("c"): return compare(row)
    case .enter: return row.map { .open(.run($0)) }
    case .character("t"), .character("L"): return row.map { .open(.lineage($0)) }
    case .character("y"):
      let chosen = sheet.marked.isEmpty ? [row].compactMap { $0 } : sheet.marked
      return chosen.isEmpty ? nil : .choose(chosen)
    case .escape:
      guard !filter.isEmpty else { return nil }
      filter = ""
      return .load
    default:
      if case .sort = sheet.handle(key, row: row) { return .load }
    }
    return nil
  }

  /// Shows the columns that were chosen. Runs that were sorted by one that is gone are sorted by time again.
  private mutating func setColumns() {
    sheet.set(columns.map(\.sheetColumn))
    if !columns.contains(where: { $0.key == sheet.order.column }) { sheet.set(Self.newestFirst) }
  }

  private static let newestFirst = SheetOrder(column: BrowserColumn.started.key, isDescending: true)

  /// Compares the marked runs; with a single one, the run with the cursor.
  private mutating func compare(_ row: String?) -> Effect? {
    var runs = sheet.marked
    if runs.count == 1, let row, row != runs[0] { runs.append(row) }
    guard runs.count > 1 else {
      message = "mark two runs with the space bar, then compare them"
      return nil
    }
    return .open(.comparison(runs))
  }

  private mutating func handle(_ key: Key, _ editor: inout LineEditor) -> Effect? {
    switch editor.handle(key) {
    case .accepted:
      mode = .sheet
      filter = editor.text
      return .load
    case .cancelled: mode = .sheet
    case .changed, .ignored: mode = .filter(editor)
    }
    return nil
  }

  private mutating func handle(_ key: Key, _ picker: inout Picker, isMetrics: Bool) -> Effect? {
    switch picker.handle(key) {
    case .accepted:
      mode = .sheet
      if isMetrics { metrics = picker.chosen } else { parameters = picker.chosen }
      setColumns()
      return .load
    case .cancelled: mode = .sheet
    case .changed, .ignored: mode = isMetrics ? .metrics(picker) : .parameters(picker)
    }
    return nil
  }
}

// MARK: - Drawing

extension Browser {
  /// The lines of the screen that aren't rows.
  private static let otherLines = 3

  /// Fits the number of rows to a screen.
  mutating func resize(_ size: ScreenSize) { sheet.rows.resize(height: size.lines - Self.otherLines) }

  /// The screen.
  /// - Parameter rows: those of `sheet.rows.visible`.
  mutating func frame(_ rows: [SheetRow], _ size: ScreenSize, hasUnicode: Bool) -> [StyledLine] {
    switch mode {
    case .metrics(var picker):
      defer { mode = .metrics(picker) }
      return picker.frame(size)
    case .parameters(var picker):
      defer { mode = .parameters(picker) }
      return picker.frame(size)
    case .page(let page, var pager):
      defer { mode = .page(page, pager) }
      return pager.frame(size, keys: "arrows scroll, Esc goes back")
    case .sheet, .filter: return sheetFrame(rows, size, hasUnicode)
    }
  }

  private mutating func sheetFrame(_ rows: [SheetRow], _ size: ScreenSize, _ hasUnicode: Bool) -> [StyledLine]
  {
    var frame = [title(size)] + sheet.frame(rows, columns: size.columns, hasUnicode: hasUnicode)
    while frame.count < size.lines - 1 { frame.append(StyledLine()) }
    if case .filter(let editor) = mode { return frame + [editor.line(columns: size.columns)] }
    if let message { return frame + [StyledLine(message, Style(color: .yellow))] }
    let keys = "Enter shows  / filters  s S sort  Space marks  c compares  ? help  q quits"
    return frame + [StyledLine(keys, .dim)]
  }

  private func title(_ size: ScreenSize) -> StyledLine {
    let rows = sheet.rows
    var line = StyledLine(
      rows.count == 0 ? "no runs" : "\(rows.cursor + 1) of \(counted(rows.count, "run"))", .bold)
    if !sheet.marked.isEmpty { line.append("  \(sheet.marked.count) marked", Style(color: .cyan)) }
    if !filter.isEmpty { line.append("  /\(filter)", Style(color: .cyan)) }
    let hidden = sheet.hidden.count
    if hidden > 0 { line.append("  \(counted(hidden, "column")) hidden (D shows)", .dim) }
    return line.part(from: 0, columns: size.columns)
  }
}
