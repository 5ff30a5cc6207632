// The series of a backtest in memory. What a model may know at an origin is handed out as a series of its own, the rows
// before the origin, so that nothing that is computed from it can depend on later rows: neither the scaling nor the
// filling of missing values, the windows or the weights.

import Failures
import Sequences
import TensorFile

/// A series whose rows before any origin can be taken.
public struct BacktestSeries: Sendable {
  /// The columns, and the time column.
  public let schema: SeriesSchema
  /// What is known of the times; nil if the series has none.
  public let times: SeriesTimes?
  /// What replaces missing values; nil if there must be none.
  let fill: Fill?
  private let rows: SeriesRows
  private let hasMissing: Bool

  /// Reads a series.
  /// - Parameters:
  ///   - columns: the columns that windows need, whose values are checked.
  ///   - fill: what replaces missing values; nil if they are errors.
  ///   - gaps: what to do about gaps in the times.
  ///   - hierarchy: sums of columns that become columns themselves; nil for none.
  /// - Throws: `Failure` (data) if a value is missing or infinite, or the times are not in order.
  public init(
    _ series: RereadableSeries, columns: [String], fill: Fill?, gaps: GapPolicy, hierarchy: Hierarchy? = nil
  )
    throws
  {
    var all = SeriesRows(width: series.schema.columns.count, hasTimes: series.hasTimes, hasParts: false)
    try series.forEach { block in
      all.values += block.values
      if let times = block.times { all.times?.append(contentsOf: times) }
    }
    var schema = series.schema
    if let hierarchy { try all.append(hierarchy, to: &schema) }
    (self.schema, self.fill, rows, hasMissing) = (schema, fill, all, series.hasMissing)
    times = try SeriesScan(series, columns: columns, scale: .none, gaps: gaps, allowsMissing: fill != nil)
      .times
  }

  /// The number of rows.
  public var count: Int { rows.rows }

  /// The time of a row; nil if the series has no times.
  func time(_ row: Int) -> Int64? { rows.times?[row] }

  /// The rows before `origin`, with their missing values filled from these rows alone.
  func known(at origin: Int) throws -> RereadableSeries {
    let part = RereadableSeries(schema: schema)
    try part.append(rows.part(0..<origin))
    return needsFill ? try part.whole(fill).series : part
  }

  /// The last `count` rows before `origin`, as `known` has them.
  func known(at origin: Int, last count: Int) throws -> SeriesRows {
    guard needsFill else { return rows.part(origin - count..<origin) }
    var filled = SeriesRows(width: rows.width, hasTimes: rows.times != nil, hasParts: false)
    try known(at: origin).forEach { block in
      filled.values += block.values
      if let times = block.times { filled.times?.append(contentsOf: times) }
    }
    return filled.part(origin - count..<origin)
  }

  private var needsFill: Bool { hasMissing && fill != nil && fill != .drop }

  /// The rows from `origin` on that are forecast, as they were read.
  func future(_ origin: Int, _ horizon: Int) -> SeriesRows { rows.part(origin..<origin + horizon) }
}

extension SeriesRows {
  /// Appends the sums of a hierarchy as columns.
  fileprivate mutating func append(_ hierarchy: Hierarchy, to schema: inout SeriesSchema) throws {
    let columns = try schema.indices(of: hierarchy.bottoms)
    var wider = SeriesRows(width: width + hierarchy.sums.count, hasTimes: times != nil, hasParts: false)
    for row in 0..<rows {
      let own = values[row * width..<(row + 1) * width]
      wider.values += own + hierarchy.all(columns.map { own[own.startIndex + $0] }).dropFirst(columns.count)
    }
    wider.times = times
    self = wider
    schema.columns += hierarchy.sums.map(\.name)
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
