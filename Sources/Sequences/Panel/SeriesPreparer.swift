// One series made ready for windows: missing rows inserted, its future separated from its past, missing values filled, its
// times checked, and padded if it is too short.

import Calendar
import Failures

/// A series, complete as far as windows need it.
struct PreparedSeries {
  let name: String?
  /// What describes it, as written.
  let statics: [String]
  /// Its rows, and behind them those of its future.
  let rows: SeriesRows
  /// The number of rows of the past: the rows behind them have no targets yet.
  let history: Int
  /// What is known of its times.
  let times: SeriesTimes?
  /// The number of rows that repeat the first one at the beginning.
  let padded: Int
}

/// Prepares one series after another.
public struct SeriesPreparer {
  /// What is required of a series.
  struct Requirements {
    /// The rows that windows need.
    var rows: Int
    /// The rows that must be there without padding.
    var leastRows: Int
    /// The columns whose values all must be known, but those of the future: inputs and targets.
    var columns: [String]
    /// The columns to forecast; rows at the end without them are the future.
    var targets: [String]
    /// The columns that are known over the horizon.
    var known: [String]
    /// Whether all rows must be complete; for a forecast, those of its window suffice.
    var isForecast: Bool
  }

  private let schema: SeriesSchema
  private let need: Requirements
  private let fill: Fill?
  let short: ShortSeriesPolicy
  private let respectsParts: Bool
  private var times: PanelTimes?

  /// The series that were left out as they are too short.
  private(set) var leftOut = NameList()
  /// The number of rows of the longest of them.
  private(set) var longestLeftOut = 0
  /// The number of series that were padded.
  private(set) var padded = 0
  /// The number of rows that were inserted.
  private(set) var inserted = 0
  /// The number of rows without targets at the ends of the series.
  private(set) var futureRows = 0
  /// What was filled: in all, and the warnings about it.
  private(set) var filled = 0
  private(set) var warnings: [String] = []

  init(
    _ schema: SeriesSchema, _ need: Requirements, times: PanelTimes?, fill: Fill?, short: ShortSeriesPolicy,
    respectsParts: Bool
  ) {
    (self.schema, self.need, self.times, self.fill) = (schema, need, times, fill)
    (self.short, self.respectsParts) = (short, respectsParts)
  }

  /// The rows that a padded series must have.
  var leastRows: Int { need.leastRows }

  /// The number of gaps in the times.
  var gaps: Int { times?.gaps ?? 0 }

  /// The series, ready for windows; nil if it is too short.
  /// - Throws: `Failure` (data) that names the series.
  mutating func prepare(_ series: PanelSeries) throws -> PreparedSeries? {
    var rows = series.rows
    let isShort = rows.rows < need.leastRows
    if times?.policy == .fill, !isShort { rows = try series.naming { try insertMissingRows(rows) } }
    var history = try pastRows(rows)
    guard history >= need.rows || (short == .pad && history >= need.leastRows) else {
      if let name = series.name { leftOut.add(name) } else { leftOut.add("") }
      longestLeftOut = max(longestLeftOut, history)
      return nil
    }
    futureRows += rows.rows - history
    if let fill, fill != .drop { rows = try series.naming { try fillValues(rows, fill) } }
    return try series.naming {
      let checked = try checkedTimes(rows, history: history)
      try check(rows, history: history)
      let missing = max(0, need.rows - history)
      if missing > 0 {
        rows = rows.padded(by: missing, times?.column)
        history += missing
        padded += 1
      }
      return PreparedSeries(
        name: series.name, statics: series.statics, rows: rows, history: history, times: checked,
        padded: missing)
    }
  }
}

// MARK: - Steps

extension SeriesPreparer {
  private mutating func insertMissingRows(_ rows: SeriesRows) throws -> SeriesRows {
    guard let checked = try times?.times(of: rows), checked.gaps > 0 else { return rows }
    let (whole, count) = try rereadable(rows).insertingMissingRows(checked)
    inserted += count
    return try whole.allRows()
  }

  private func rereadable(_ rows: SeriesRows) throws -> RereadableSeries {
    try PanelSeries(name: nil, statics: [], rows: rows).rereadable(schema)
  }

  /// The number of rows up to the last with a target, if later rows can tell more.
  private func pastRows(_ rows: SeriesRows) throws -> Int {
    guard !need.known.isEmpty else { return rows.rows }
    let targets = try schema.indices(of: need.targets)
    var end = rows.rows
    while end > 0, targets.allSatisfy({ rows.values[(end - 1) * rows.width + $0].isNaN }) { end -= 1 }
    return end
  }

  private mutating func fillValues(_ rows: SeriesRows, _ fill: Fill) throws -> SeriesRows {
    guard rows.values.contains(where: \.isNaN) else { return rows }
    let (whole, filler) = try rereadable(rows).whole(fill, respectsParts: respectsParts)
    filled += filler?.filled ?? 0
    if warnings.isEmpty { warnings = filler?.warnings ?? [] }
    return try whole.allRows()
  }

  private mutating func checkedTimes(_ rows: SeriesRows, history: Int) throws -> SeriesTimes? {
    let past = need.isForecast || history == rows.rows ? rows : rows.slice(0..<history)
    guard let checked = try times?.times(of: past) else { return nil }
    if checked.policy == .error, checked.gaps > 0, !need.isForecast {
      try checked.rejectGaps(in: rereadable(past))
    }
    return checked
  }

  /// Throws `Failure` (data) at the first value that windows need and that is not a number.
  private func check(_ rows: SeriesRows, history: Int) throws {
    let names = need.columns + need.known.subtracting(need.columns)
    let columns = try schema.indices(of: names)
    for row in 0..<history {
      for column in columns {
        let value = rows.values[row * rows.width + column]
        if value.isFinite || value.isNaN && (fill != nil || need.isForecast) { continue }
        throw missing(rows, row, column, isInfinite: !value.isNaN)
      }
    }
  }

  private func missing(_ rows: SeriesRows, _ row: Int, _ column: Int, isInfinite: Bool) -> Failure {
    let time = rows.times.map { " (\(timeText($0[row])))" } ?? ""
    let what = isInfinite ? "infinite" : "missing"
    return Failure.data(
      "row \(row + 1)\(time), column \(schema.columns[column]): the value is \(what)",
      remedy: rows.missingRemedy(row, column, schema, isKnown: need.known.contains(schema.columns[column])))
  }
}

extension SeriesRows {
  /// The rows with the first one repeated at the beginning, at earlier times.
  func padded(by count: Int, _ column: TimeColumn?) -> SeriesRows {
    var padded = SeriesRows(width: width, hasTimes: times != nil, hasParts: parts != nil)
    for index in 0..<count {
      padded.append(self, 0..<1)
      guard let first = times?.first else { continue }
      padded.times?[index] = column?.advance(first, by: index - count) ?? first - Int64(count - index)
    }
    padded.append(self, 0..<rows)
    return padded
  }

  /// What to do about a missing value: if the column has none from this row on, while others go on, the rows may be the
  /// future, of which these others are known.
  /// - Parameter isKnown: whether the column is one of those that are known of the future.
  func missingRemedy(_ row: Int, _ column: Int, _ schema: SeriesSchema, isKnown: Bool = false) -> String {
    if isKnown { return "use --fill, for example --fill previous, or leave the column out of --known" }
    let known = (row..<rows).reduce(into: Array(schema.columns.indices)) { known, row in
      known.removeAll { values[row * width + $0].isNaN }
    }
    let endsHere = (row..<rows).allSatisfy { values[$0 * width + column].isNaN }
    guard endsHere, !known.isEmpty else {
      return "use --fill, for example --fill previous, or exclude the column with --columns"
    }
    let names = known.map { schema.columns[$0] }.joined(separator: ",")
    return "if these rows are the future, name what is known of it with --known \(names); else use --fill"
  }
}
