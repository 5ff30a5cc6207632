// Inserts the rows that a series lacks, with missing values, which can then be filled.

import Failures

extension RereadableSeries {
  /// The series with its missing rows inserted if the policy is `.fill`, else the series itself.
  /// - Parameter model: the time column of the model, whose step the series must have.
  /// - Throws: `Failure` as `SeriesTimes` and `insertingMissingRows`.
  public func insertingMissingRows(gaps policy: GapPolicy, like model: TimeColumn?) throws -> (
    series: RereadableSeries, inserted: Int
  ) {
    guard policy == .fill, let times = try SeriesTimes(self, gaps: policy, like: model) else {
      return (self, 0)
    }
    return try insertingMissingRows(times)
  }

  /// The series with a row of missing values (NaN) for each time that is missing, in the part of the row before.
  /// - Returns: the series and the number of inserted rows; the same series if it has no gaps.
  /// - Throws: `Failure(.data)` if a gap is not a whole number of steps, or if most rows would be inserted.
  public func insertingMissingRows(_ times: SeriesTimes) throws -> (series: RereadableSeries, inserted: Int) {
    guard let step = times.step, times.gaps > 0 else { return (self, 0) }
    let filled = RereadableSeries(schema: schema)
    var filler = GapFiller(times.column, step: step, width: schema.columns.count, rows: rows)
    try forEach { try filled.append(try filler.fill($0)) }
    return (filled, filler.inserted)
  }
}

/// Inserts rows into blocks of a series.
private struct GapFiller {
  private let column: TimeColumn
  private let step: TimeStep
  private let width: Int
  private let limit: Int
  private var previous: (time: Int64, part: UInt8?)?
  private var row = 0
  private(set) var inserted = 0

  init(_ column: TimeColumn, step: TimeStep, width: Int, rows: Int) {
    (self.column, self.step, self.width) = (column, step, width)
    // A mistyped year must not fill the disk.
    limit = max(1000, rows * 10)
  }

  mutating func fill(_ block: SeriesRows) throws(Failure) -> SeriesRows {
    var rows = SeriesRows(width: width, hasTimes: true, hasParts: block.parts != nil)
    for index in 0..<block.rows {
      let time = block.times?[index] ?? 0
      row += 1
      if let previous { try insert(from: previous.time, to: time, part: previous.part, into: &rows) }
      rows.values += block.values[index * width..<(index + 1) * width]
      rows.times?.append(time)
      if let part = block.parts?[index] { rows.parts?.append(part) }
      previous = (time, block.parts?[index])
    }
    return rows
  }

  private mutating func insert(
    from previous: Int64, to time: Int64, part: UInt8?, into rows: inout SeriesRows
  )
    throws(Failure)
  {
    guard !step.lies(between: previous, and: time, column.offsets) else { return }
    var count = 1
    while case let next = step.advance(previous, by: count, column.offsets), next < time {
      rows.values += Array(repeating: Double.nan, count: width)
      rows.times?.append(next)
      if let part { rows.parts?.append(part) }
      (count, inserted) = (count + 1, inserted + 1)
      guard inserted <= limit else { throw tooMany }
    }
    guard step.advance(previous, by: count, column.offsets) == time else {
      throw SeriesTimeMessages(column).unfillable(row: row, time, after: previous, step: step)
    }
  }

  private var tooMany: Failure {
    Failure.data(
      "row \(row): filling the gaps would insert more than \(limit) rows of step \(step.text)",
      remedy: "check the times, or use --gaps drop-windows")
  }
}
