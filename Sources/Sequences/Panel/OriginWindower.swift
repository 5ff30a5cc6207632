// The windows from which a backtest forecasts. At an origin, only the rows before it are known, and of the rows behind it
// the columns that are known over the horizon; so the window is the one that rnn-predict would make of a file that ends
// there.

import Failures
import TensorFile

/// Makes windows at the origins of one series after another.
public struct OriginWindower {
  private let settings: WindowSettings
  private let schema: SeriesSchema
  private let fill: Fill?
  private let short: ShortSeriesPolicy
  private let known: [Int]
  private var maker: WindowMaker
  private var rows = WindowRows()

  /// - Parameters:
  ///   - settings: those of the model's windows.
  ///   - fill: what replaces missing values, from the rows before the origin alone; nil if none is missing.
  ///   - short: what is done about series with fewer rows before an origin than a window has.
  ///   - numbers: how numbers are written.
  public init(
    _ settings: WindowSettings, _ schema: SeriesSchema, fill: Fill?, short: ShortSeriesPolicy,
    numbers: NumberFormat
  ) throws(Failure) {
    (self.settings, self.schema, self.fill, self.short) = (settings, schema, fill, short)
    known = try schema.indices(of: settings.known.columns)
    maker = try WindowMaker(settings, schema, numbers: numbers, isForecast: true)
  }

  private var layout: WindowLayout { settings.layout }
  private var needed: Int { layout.inputSpan + settings.firstRow }
  private var reach: Int { (layout.ahead + layout.horizon - 1) * layout.rate }

  /// Adds the window at an origin.
  /// - Parameter origin: the number of rows that are known.
  /// - Returns: false if the window or its truth spans a gap, or an input is missing.
  /// - Throws: `Failure` (data) that names the series if a value can't be transformed.
  public mutating func add(_ checked: CheckedSeries, origin: Int) throws -> Bool {
    guard isGapless(checked, origin), let prepared = try prepared(checked, origin) else { return false }
    let source = try maker.source(prepared)
    let start = prepared.history - layout.inputSpan
    guard maker.isComplete(source, at: start) else { return false }
    try maker.append(source, at: start, part: nil, to: &rows)
    return true
  }

  /// The windows added so far, `x` and what else the network reads; nil if there are none. The next ones begin anew.
  public mutating func take() -> Chunk? {
    guard rows.count > 0 else { return nil }
    defer { rows = WindowRows() }
    return rows.chunk(settings)
  }

  private func isGapless(_ checked: CheckedSeries, _ origin: Int) -> Bool {
    guard let times = checked.rows.times, let own = checked.times, let step = own.gapStep else { return true }
    let end = min(times.count, origin + reach)
    let first = max(1, origin - needed + 1)
    return first >= end
      || (first..<end).allSatisfy { step.lies(between: times[$0 - 1], and: times[$0], own.column.offsets) }
  }

  /// What is known of a series at an origin; nil if that is too little.
  private func prepared(_ checked: CheckedSeries, _ origin: Int) throws -> PreparedSeries? {
    let missing = max(0, needed - origin)
    guard origin > 0, missing == 0 || short == .pad else { return nil }
    let first = needsAllRows ? 0 : max(0, origin - needed)
    var rows = checked.rows.slice(first..<origin)
    let future = self.future(checked.rows, origin..<min(origin + reach, checked.rows.rows))
    rows.append(future, 0..<future.rows)
    if let fill, fill != .drop, rows.values.contains(where: \.isNaN) {
      rows = try PanelSeries(name: nil, statics: [], rows: rows).rereadable(schema).whole(fill).series
        .allRows()
    }
    if missing > 0 { rows = rows.padded(by: missing, checked.times?.column) }
    return PreparedSeries(
      name: checked.name, statics: checked.series.statics, rows: rows, history: origin - first + missing,
      times: checked.times, padded: missing)
  }

  /// Whether rows before the window matter: for the scaling of the series, or to fill missing values.
  private var needsAllRows: Bool {
    let fills = fill.map { $0 != .drop } ?? false
    return fills || settings.scaler.kind != .none && settings.scaler.scope == .series
  }

  /// The rows behind an origin, with nothing but the columns that are known.
  private func future(_ all: SeriesRows, _ range: Range<Int>) -> SeriesRows {
    var rows = all.slice(range)
    let hidden = (0..<rows.width).filter { !known.contains($0) }
    for row in 0..<rows.rows {
      for column in hidden { rows.values[row * rows.width + column] = .nan }
    }
    return rows
  }
}
