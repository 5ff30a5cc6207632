// The course of rnn-runs browse: reads runs as they are shown, and carries out what keys ask for.

import Charts
import Failures
import Registry
import Screens
import Stage

final class BrowserSession {
  private var registry: Registry
  private let location: RegistryLocation
  private let base: RunFilter
  private var browser: Browser
  private var ids = RunIDs()
  /// The filter and the order by which the ids were read.
  private var applied = (filter: "", order: SheetOrder(column: "", isDescending: true))
  /// The rows on the screen, and which ones they are; nil if they must be read.
  private var rows: (range: Range<Int>, rows: [SheetRow])?
  private let metricNames: [String]
  private let parameterNames: [String]

  /// The number of runs by which the first columns are chosen, and the most of these.
  private static let (sample, mostMetrics, mostParameters) = (200, 4, 16)

  init(_ registry: Registry, _ location: RegistryLocation, _ selection: FilterOptions) throws {
    (self.registry, self.location) = (registry, location)
    base = try selection.filter()
    (metricNames, parameterNames) = (try registry.metricNames(), try registry.parameterNames())
    var filter = base
    filter.limit = Self.sample
    let runs = try registry.compared(registry.runs(filter))
    let given = try selection.columns().map(\.heading)
    browser = Browser(
      metrics: given.isEmpty ? Self.frequentMetrics(runs) : given, parameters: Self.varyingParameters(runs))
    try load()
  }

  private static func frequentMetrics(_ runs: [ComparedRun]) -> [String] {
    let names = byFrequency(runs.flatMap(\.metrics.keys))
    let main = MetricDirection.main(of: names)
    return Array((names.filter { $0 == main } + names.filter { $0 != main }).prefix(mostMetrics))
  }

  /// The parameters of which runs have different values.
  private static func varyingParameters(_ runs: [ComparedRun]) -> [String] {
    let keys = byFrequency(runs.flatMap(\.parameters.keys))
    return Array(
      keys.filter { key in Set(runs.compactMap { $0.parameters[key] }).count > 1 }.prefix(mostParameters))
  }

  private static func byFrequency(_ names: [String]) -> [String] {
    let counts = names.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  /// Shows the runs until the user quits.
  /// - Returns: the ids of the runs that were chosen.
  func run(on screen: TerminalScreen, _ run: StageRun) throws -> [String] {
    try draw(screen)
    while true {
      guard let event = screen.next(within: Self.refreshTime) else {
        try refresh(screen)
        continue
      }
      if event == .closed { return [] }
      if case .key(let key) = event {
        switch browser.handle(key, row: current) {
        case .quit: return []
        case .choose(let chosen): return chosen
        case .interrupt:
          run.stopAsByInterrupt()
          return []
        case let effect?: carryOut(effect, screen)
        case nil: break
        }
      } else {
        rebuild(screen)
      }
      // Keys that have come meanwhile are handled first, so that a key that is held down doesn't draw every step.
      if !screen.hasEvents { try draw(screen) }
    }
  }

  /// Reads what is shown anew if some of it may have changed: of runs that go on.
  private func refresh(_ screen: TerminalScreen) throws {
    guard rows?.rows.contains(where: { $0.style == Style(.running) }) ?? false else { return }
    rows = nil
    try draw(screen)
  }

  /// The seconds after which runs that go on are read anew.
  private static let refreshTime = 2.0

  /// The id of the run with the cursor.
  private var current: String? {
    let cursor = browser.sheet.rows.cursor
    return cursor < ids.count ? ids[cursor] : nil
  }
}

// MARK: - Effects

extension BrowserSession {
  private func carryOut(_ effect: Browser.Effect, _ screen: TerminalScreen) {
    switch effect {
    case .load:
      attempt {
        do { try load() } catch {
          // What can't be applied is taken back, so that what is said of the rows is true.
          (browser.filter, _) = (applied.filter, browser.sheet.set(applied.order))
          throw error
        }
      }
    case .reopen:
      attempt {
        registry = try Registry(location)
        try load()
        browser.message = "the registry has been read again"
      }
    case .open(let page): open(page, screen)
    case .pickMetrics:
      let items =
        browser.metrics
        + metricNames.flatMap { [$0, "\($0):min", "\($0):max"] }.filter { !browser.metrics.contains($0) }
      browser.mode = .metrics(Picker(title: "Metrics to show", items, chosen: browser.metrics))
    case .pickParameters:
      let items = browser.parameters + parameterNames.filter { !browser.parameters.contains($0) }
      browser.mode = .parameters(Picker(title: "Parameters to show", items, chosen: browser.parameters))
    case .suspend: screen.suspend()
    case .redraw: screen.redraw()
    case .quit, .interrupt, .choose: break
    }
  }

  /// Does something that can fail, and says why in the last line.
  private func attempt(_ work: () throws -> Void) {
    do { try work() } catch {
      browser.message = (error as? Failure).map { $0.description } ?? "\(error)"
    }
  }

  private func open(_ page: Browser.Page, _ screen: TerminalScreen) {
    attempt {
      var style = TextStyle(hasColor: screen.hasColor)
      style.hasUnicode = TextStyle.standardOutput.hasUnicode
      let texts = BrowserTexts(registry: registry, size: screen.size, style: style)
      browser.mode = .page(page, try texts.pager(page))
    }
  }

  /// Fits a text to another size of the screen.
  private func rebuild(_ screen: TerminalScreen) {
    if case .page(let page, _) = browser.mode { open(page, screen) }
  }

  /// Reads the ids of the runs in their order. The cursor stays at its run if that is still there.
  private func load() throws {
    let filter = try BrowserFilter(
      browser.filter, base: base, metrics: metricNames, parameters: parameterNames)
    let order = browser.sheet.order
    let column = browser.columns.first { $0.key == order.column } ?? .started
    guard let runOrder = try column.order() else {
      throw Failure.usage(
        "runs can't be sorted by a metric at one step", remedy: "sort by its last, min or max")
    }
    let before = current
    ids = try registry.ids(
      filter.filter, containing: filter.words, by: runOrder, descending: order.isDescending)
    (applied, rows) = ((browser.filter, order), nil)
    browser.sheet.rows.resize(count: ids.count)
    browser.sheet.rows.move(to: before.flatMap { ids.firstIndex(of: $0) } ?? 0)
  }
}

// MARK: - Rows

extension BrowserSession {
  private func draw(_ screen: TerminalScreen) throws {
    browser.resize(screen.size)
    let range = browser.sheet.rows.visible
    if rows?.range != range { attempt { rows = (range, try read(range)) } }
    let shown = rows?.range == range ? rows?.rows ?? [] : []
    let hasUnicode = TextStyle.standardOutput.hasUnicode
    try screen.draw(browser.frame(shown, screen.size, hasUnicode: hasUnicode))
  }

  /// The rows of some runs; those of runs that have been removed meanwhile say so.
  private func read(_ range: Range<Int>) throws -> [SheetRow] {
    let ids = range.map { self.ids[$0] }
    let runs = try registry.compared(registry.runs(withIDs: ids))
    let columns = browser.columns
    let metrics = columns.compactMap { if case .metric(let column) = $0 { column } else { nil } }
    let values = try MetricValues(metrics, of: runs.map(\.run), in: registry)
    let byID = Dictionary(runs.map { ($0.run.id, $0) }) { first, _ in first }
    return ids.map { id in
      guard let run = byID[id] else {
        return SheetRow(key: id, cells: [Run.shortID(id), "(removed)"], style: .dim)
      }
      return SheetRow(key: id, cells: columns.map { $0.cell(run, values) }, style: Style(run.run.status))
    }
  }
}
