// Checks the series of a backtest before anything is computed from them: over all their rows, each once. What is computed
// later, at an origin, comes from the rows before it alone; so missing rows are inserted here, but no value is filled.

import Failures

/// A series whose times and values were checked.
public struct CheckedSeries: Sendable {
  /// The series, with missing rows inserted; values may be missing.
  public var series: PanelSeries
  /// The number of rows up to the last with a target.
  public let history: Int
  /// What is known of its times.
  let times: SeriesTimes?

  /// Its name; nil if it is the only one.
  public var name: String? { series.name }
  /// The rows.
  public var rows: SeriesRows { series.rows }
  /// The times of the rows with targets; nil if it has none.
  public var historyTimes: ArraySlice<Int64>? { rows.times?[..<history] }

  /// The same with other rows, of the same times.
  public func with(name: String?, statics: [String], values: [Double]) -> CheckedSeries {
    var copy = self
    var rows = series.rows
    rows.values = values
    copy.series = PanelSeries(name: name, statics: statics, rows: rows)
    return copy
  }
}

/// Checks one series after another.
public struct SeriesChecker {
  private var preparer: SeriesPreparer
  private let transformer: SeriesTransformer?
  private let span: Int

  /// - Parameters:
  ///   - request: the windows that will be cut.
  ///   - times: what is known of the series' times.
  ///   - allowsMissing: whether values may be missing, since they are filled or their windows dropped.
  /// - Throws: `Failure` (data) if the series lack a column.
  public init(_ request: WindowRequest, _ schema: SeriesSchema, times: PanelTimes?, allowsMissing: Bool)
    throws(Failure)
  {
    let settings = WindowSettings(unfitted: request)
    span = request.span
    preparer = SeriesPreparer(
      schema, settings.requirements(isForecast: false), times: times, fill: allowsMissing ? .drop : nil,
      short: request.short, respectsParts: false)
    let values = request.transform.values
    let checked = TargetTransform(values: values == .boxCox(nil) ? .boxCox([0]) : values, reference: nil)
    transformer = checked.isIdentity ? nil : try SeriesTransformer(request.layout, checked, schema)
  }

  /// The series; nil if it is too short for a window and its targets.
  /// - Throws: `Failure` (data) that names the series: times are out of order, a value is missing, or can't be
  ///   transformed.
  public mutating func check(_ series: PanelSeries) throws -> CheckedSeries? {
    guard let prepared = try preparer.prepare(series) else { return nil }
    if let transformer { _ = try transformer(prepared) }
    let own = prepared.padded..<prepared.rows.rows
    let rows = prepared.padded == 0 ? prepared.rows : prepared.rows.slice(own)
    var unsplit = rows
    unsplit.parts = nil
    return CheckedSeries(
      series: PanelSeries(name: series.name, statics: series.statics, rows: unsplit),
      history: prepared.history - prepared.padded, times: prepared.times)
  }

  /// What was done to the series, for the user.
  public var notes: [String] { preparer.notes }
  /// The series that are too short for a window and its targets.
  public var warnings: [String] {
    preparer.shortWarning(span: span, forWhat: "a window and its targets")
  }
  /// Why no series is left.
  public var allTooShort: Failure { preparer.allTooShort(span: span) }
}

extension WindowRequest {
  /// Rows from a window's first input to its last target, with those that differences need before.
  public var span: Int { layout.span + (transform.reference == .difference ? layout.rate : 0) }
  /// Rows that a forecast needs before its origin.
  public var leastRows: Int {
    short == .pad ? 1 : layout.inputSpan + (transform.reference == .difference ? layout.rate : 0)
  }
}

extension WindowSettings {
  /// The settings that are known before anything is fitted.
  init(unfitted request: WindowRequest) {
    self.init(
      layout: request.layout, scaler: .identity(request.layout.columns), transform: request.transform,
      known: KnownColumns(columns: request.known, calendar: request.calendar), statics: .none, panel: nil)
  }
}
