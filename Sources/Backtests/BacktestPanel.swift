// The series of a backtest in memory: one, or several. What a model may know at an origin is handed out as series of their
// own, the rows before the origin, so that nothing that is computed from them can depend on later rows: neither scaling
// nor transformations, the filling of missing values, the windows or the weights.

import Failures
import Sequences
import TensorFile

/// Series whose rows before any origin can be taken.
public struct BacktestPanel: Sendable {
  /// The columns, and the time column.
  public let schema: SeriesSchema
  /// The windows of the series.
  public let request: WindowRequest
  /// What is known of the times; nil if the series have none.
  public let times: PanelTimes?
  /// The column that names the series; nil if there is one, without a name.
  public let column: String?
  /// The series that are long enough for a window and its targets.
  public internal(set) var series: [CheckedSeries]
  /// What was done to the series, for the user.
  public let notes: [String]
  /// What the user should know.
  public let warnings: [String]
  let staticColumns: [String]
  /// What replaces missing values; nil if there must be none.
  let fill: Fill?
  let numbers: NumberFormat

  /// Reads series.
  /// - Parameters:
  ///   - request: the windows, whose columns are checked.
  ///   - statics: the columns that describe a series for the model; others of the panel are omitted.
  ///   - gaps: what to do about gaps in the times.
  ///   - form: how the file is written, and what replaces missing values.
  ///   - hierarchy: sums of columns that become columns themselves; nil for none.
  /// - Throws: `Failure` (data) if a value is missing or infinite, the times are not in order, or no series is long
  ///   enough.
  public init(
    _ panel: SeriesPanel, _ request: WindowRequest, statics: [String], gaps: GapPolicy, form: CSVForm,
    hierarchy: Hierarchy? = nil
  ) throws {
    var schema = panel.schema
    if let hierarchy { schema.columns += hierarchy.sumNames }
    let places = try SeriesSchema(columns: panel.staticColumns).indices(of: statics)
    times = try PanelTimes(panel, gaps: gaps)
    var checker = try SeriesChecker(request, schema, times: times, allowsMissing: form.fill != nil)
    var series: [CheckedSeries] = []
    try panel.forEach { one in
      let rows = try hierarchy.map { try one.rows.appending($0, panel.schema) } ?? one.rows
      let own = PanelSeries(name: one.name, statics: places.map { one.statics[$0] }, rows: rows)
      if let checked = try checker.check(own) { series.append(checked) }
    }
    guard !series.isEmpty else { throw checker.allTooShort }
    (self.schema, self.request, column, self.series) = (schema, request, panel.column, series)
    (staticColumns, fill, numbers) = (statics, form.fill, form.numbers)
    (notes, warnings) = (checker.notes.filter { !$0.contains("without targets") }, checker.warnings)
  }

  /// The same series with other windows.
  init(_ other: BacktestPanel, _ request: WindowRequest, column: String?, series: [CheckedSeries]) {
    (schema, times, fill, numbers) = (other.schema, other.times, other.fill, other.numbers)
    (notes, warnings, staticColumns) = ([], [], other.staticColumns)
    (self.request, self.column, self.series) = (request, column, series)
  }

  /// The names of the series; empty if there is one without a name.
  public var names: [String] { series.compactMap(\.name) }

  /// The rows of each series before its origin, as a panel of their own.
  /// - Parameter origins: the number of known rows of each series.
  func known(at origins: [Int]) throws -> SeriesPanel {
    try SeriesPanel(
      schema, column: column, staticColumns: staticColumns,
      zip(series, origins).map { one, origin in
        PanelSeries(
          name: one.name, statics: one.series.statics, rows: one.rows.part(0..<min(origin, one.history)))
      })
  }

  /// The rows of a series before an origin, with their missing values filled from these rows alone.
  func known(_ number: Int, at origin: Int) throws -> SeriesRows {
    let rows = series[number].rows.part(0..<origin)
    guard let fill, fill != .drop, rows.values.contains(where: \.isNaN) else { return rows }
    let part = RereadableSeries(schema: schema)
    try part.append(rows)
    var filled = SeriesRows(width: rows.width, hasTimes: rows.times != nil, hasParts: false)
    try part.whole(fill).series.forEach { block in
      filled.values += block.values
      if let times = block.times { filled.times?.append(contentsOf: times) }
    }
    return filled
  }

  /// The true values `[horizon, targets]` after an origin, as they were read: NaN where they are missing.
  func actual(_ number: Int, _ origin: Int, targets: [Int]) -> [Double] {
    let (rows, layout) = (series[number].rows, request.layout)
    return (origin..<origin + layout.horizon).flatMap { row in
      targets.map { rows.values[row * rows.width + $0] }
    }
  }
}

extension SeriesRows {
  /// The rows with the sums of a hierarchy as further columns.
  fileprivate func appending(_ hierarchy: Hierarchy, _ schema: SeriesSchema) throws -> SeriesRows {
    let columns = try schema.indices(of: hierarchy.bottoms)
    var wider = SeriesRows(
      width: width + hierarchy.sumNames.count, hasTimes: times != nil, hasParts: parts != nil)
    for row in 0..<rows {
      let own = values[row * width..<(row + 1) * width]
      wider.values += own + hierarchy.all(columns.map { own[own.startIndex + $0] }).dropFirst(columns.count)
    }
    (wider.times, wider.parts) = (times, parts)
    return wider
  }

  /// A copy of the rows in `range`.
  func part(_ range: Range<Int>) -> SeriesRows {
    var part = SeriesRows(width: width, hasTimes: times != nil, hasParts: false)
    part.values = Array(values[range.lowerBound * width..<range.upperBound * width])
    if let times { part.times = Array(times[range]) }
    return part
  }

  /// The values of a column.
  func column(_ index: Int) -> [Double] {
    stride(from: index, to: values.count, by: width).map { values[$0] }
  }
}
