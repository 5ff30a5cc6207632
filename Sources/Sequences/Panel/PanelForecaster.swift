// The windows for a forecast of the future, one for each series: the last input is the last row with targets, and what is
// known over the horizon comes from the rows behind it.

import Failures
import TensorFile

/// Makes the window for the future of one series after another.
public struct PanelForecaster {
  /// The most windows in a chunk.
  private static let windowsPerChunk = 1024
  private let settings: WindowSettings
  private let schema: SeriesSchema
  private var preparer: SeriesPreparer
  private var maker: WindowMaker
  private var rows = WindowRows()

  private var layout: WindowLayout { settings.layout }

  /// - Parameters: as of `PanelWindower`.
  /// - Throws: `Failure` (data) if the series lack a column that the forecast needs.
  public init(
    _ settings: WindowSettings, _ schema: SeriesSchema, times: PanelTimes?, fill: Fill?,
    short: ShortSeriesPolicy,
    numbers: NumberFormat
  ) throws(Failure) {
    (self.settings, self.schema) = (settings, schema)
    if settings.needsTargets { _ = try schema.indices(of: settings.layout.targets) }
    preparer = SeriesPreparer(
      schema, settings.requirements(isForecast: true), times: times, fill: fill,
      short: short, respectsParts: false)
    maker = try WindowMaker(settings, schema, numbers: numbers, isForecast: true)
  }

  /// Adds the window of a series; calls `body` with each chunk that is full.
  /// - Throws: `Failure` (data) that names the series if its window, or what is known over the horizon, isn't complete.
  public mutating func add(_ series: PanelSeries, _ body: (Chunk) throws -> Void) throws {
    guard let prepared = try preparer.prepare(series) else { return }
    try series.naming { try checkFuture(prepared) }
    let source = try maker.source(prepared)
    let start = prepared.history - layout.inputSpan
    try series.naming {
      try rejectGap(prepared, from: start)
      if let missing = maker.firstMissing(source, at: start) { throw self.missing(missing, prepared) }
    }
    appendHistory(prepared, from: start)
    try maker.append(source, at: start, part: nil, to: &rows)
    if rows.count == Self.windowsPerChunk { try flush(body) }
  }

  /// Calls `body` with the last chunk. Throws `Failure` (data) if there is no series to forecast.
  public mutating func finish(_ body: (Chunk) throws -> Void) throws {
    if rows.count > 0 { try flush(body) }
    if count == 0 { throw preparer.allTooShort(inputSpan: layout.inputSpan + settings.firstRow) }
  }

  /// The number of series with forecasts.
  public private(set) var count = 0

  private mutating func flush(_ body: (Chunk) throws -> Void) throws {
    count += rows.count
    try body(rows.chunk(settings))
    rows = WindowRows()
  }

  /// What was done to the series, for the user.
  public var notes: [String] { preparer.notes.filter { !$0.contains("without targets") } }
  /// What the user should know.
  public var warnings: [String] {
    preparer.fillWarnings
      + preparer.shortWarning(span: layout.inputSpan + settings.firstRow, forWhat: "a window")
  }
}

extension PanelForecaster {
  /// The targets over the window, for pictures.
  private mutating func appendHistory(_ series: PreparedSeries, from start: Int) {
    let positions = schema.columns.positions
    let columns = layout.targets.map { positions[$0] }
    guard columns.contains(where: { $0 != nil }) else { return }
    for row in maker.inputRows(start) {
      for column in columns {
        rows.history.append(column.map { series.rows.values[row * series.rows.width + $0] } ?? .nan)
      }
      if let times = series.rows.times { rows.historyTimes.append(times[row]) }
    }
  }

  /// Known columns must have rows over the whole horizon.
  private func checkFuture(_ series: PreparedSeries) throws(Failure) {
    let needed = (layout.ahead + layout.horizon - 1) * layout.rate
    let given = series.rows.rows - series.history
    guard !settings.known.columns.isEmpty, given < needed else { return }
    let last = series.rows.times.flatMap { times in series.history > 0 ? times[series.history - 1] : nil }
    let after = last.map { time in " after \(series.times?.column.text(time) ?? "\(time)")" } ?? ""
    let names = settings.known.columns.joined(separator: ", ")
    throw Failure.data(
      "\(counted(needed, "row"))\(after) must give the known \(settings.known.columns.count == 1 ? "column" : "columns") "
        + "\(names), but there \(given == 1 ? "is" : "are") \(given)",
      remedy: "add rows with empty targets for the steps to forecast")
  }

  /// A gap in the window, or in what is known of its future.
  private func rejectGap(_ series: PreparedSeries, from start: Int) throws(Failure) {
    guard let checked = series.times, let step = checked.gapStep, let times = series.rows.times else {
      return
    }
    let needed = settings.known.columns.isEmpty ? 0 : (layout.ahead + layout.horizon - 1) * layout.rate
    let end = min(times.count, series.history + needed)
    for row in max(1, start - settings.firstRow + 1)..<max(1, end)
    where !step.lies(between: times[row - 1], and: times[row], checked.column.offsets) {
      throw SeriesTimeMessages(checked.column).gapInWindow(
        row: row - series.padded + 1, times[row], after: times[row - 1], step: step)
    }
  }

  private func missing(_ missing: (row: Int, column: String), _ series: PreparedSeries) -> Failure {
    let time = series.rows.times.map { times in
      missing.row < times.count
        ? " (\(series.times?.column.text(times[missing.row]) ?? "\(times[missing.row])"))" : ""
    }
    let isFuture = missing.row >= series.history
    return Failure.data(
      "row \(missing.row - series.padded + 1)\(time ?? ""), column \(missing.column): the value is missing, "
        + "and the forecast needs it",
      remedy: isFuture
        ? "fill it in: known columns must have values over the whole horizon"
        : "use --fill, for example --fill previous, or remove the rows after the last known value")
  }
}

extension SeriesPreparer {
  fileprivate func allTooShort(inputSpan: Int) -> Failure {
    guard leftOut.count > 0 else { return Failure.data("there are no rows") }
    let whose = leftOut.text.isEmpty ? "the series" : "the longest series"
    return Failure.data("a window spans \(counted(inputSpan, "row")); \(whose) has \(longestLeftOut)")
  }
}

extension WindowSettings {
  /// Whether a forecast needs the past of its targets, even if they are not inputs.
  public var needsTargets: Bool {
    scaler.kind != .none && scaler.scope != .all || transform.reference != nil || !known.columns.isEmpty
  }
}
