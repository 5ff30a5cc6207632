// Fills the missing values of a series, column by column, as pandas' `ffill` and `interpolate` do: a value missing
// before the first known one stays missing, and after the last known one both methods repeat it. A line is by rows,
// not by times.
//
// Values of a later part (test) are not known at the time of an earlier one (training), so no line is drawn from one
// part to the next: there, too, the last known value is repeated. To carry a value forward over such a border is
// allowed, as it was known by then.

import Tensor

/// Fills missing values in the rows of a series as they come.
public struct SeriesFill {
  /// The number of values that were filled.
  public private(set) var filled = 0
  /// The number of values that are still missing.
  public private(set) var left = 0
  /// The number of filled values that would have been on a line across the border of two parts.
  public private(set) var atBorders = 0

  private let fill: Fill
  private let respectsParts: Bool
  private var last: [Double]
  /// Rows that wait for the other end of a line.
  private var waiting: SeriesRows
  /// For each column, the first of the waiting rows whose value is missing.
  private var open: [Int?]
  private var lastPart: UInt8?

  /// - Parameters:
  ///   - columns: the number of columns.
  ///   - respectsParts: whether parts are stretches of time.
  public init(_ fill: Fill, columns: Int, hasTimes: Bool, hasParts: Bool, respectsParts: Bool) {
    (self.fill, self.respectsParts) = (fill, respectsParts)
    last = Array(repeating: .nan, count: columns)
    open = Array(repeating: nil, count: columns)
    waiting = SeriesRows(width: columns, hasTimes: hasTimes, hasParts: hasParts)
  }

  /// Adds rows; returns those that are complete now, which may be none or some of those before.
  public mutating func add(_ rows: SeriesRows) -> SeriesRows {
    for row in 0..<rows.rows { add(rows, row: row) }
    return take()
  }

  /// The remaining rows, after all were added.
  public mutating func finish() -> SeriesRows {
    for column in open.indices { close(column, at: waiting.rows, with: nil) }
    return take()
  }

  private mutating func add(_ rows: SeriesRows, row: Int) {
    if let part = rows.parts?[row] {
      if let lastPart, part != lastPart, respectsParts { closeAtBorder() }
      lastPart = part
    }
    let index = waiting.rows
    waiting.append(rows, row: row)
    for column in last.indices {
      let position = index * last.count + column
      let value = waiting.values[position]
      guard value.isNaN else {
        close(column, at: index, with: value)
        last[column] = value
        continue
      }
      switch fill {
      case .previous: replace(position, with: last[column])
      case .value(let number): replace(position, with: number)
      case .drop: left += 1
      case .linear: open[column] = open[column] ?? index
      }
    }
  }

  private mutating func replace(_ position: Int, with value: Double) {
    waiting.values[position] = value
    if value.isNaN { left += 1 } else { filled += 1 }
  }

  private mutating func closeAtBorder() {
    for column in open.indices {
      if let first = open[column], !last[column].isNaN { atBorders += waiting.rows - first }
      close(column, at: waiting.rows, with: nil)
    }
  }

  /// Fills the missing values of a column before row `end`, where its value is `next`.
  private mutating func close(_ column: Int, at end: Int, with next: Double?) {
    guard let first = open[column] else { return }
    open[column] = nil
    let start = last[column]
    let slope = next.map { ($0 - start) / Double(end - first + 1) } ?? 0
    for row in first..<end {
      replace(row * last.count + column, with: start + slope * Double(row - first + 1))
    }
  }

  /// Removes the rows that are complete.
  private mutating func take() -> SeriesRows {
    let count = open.compactMap(\.self).min() ?? waiting.rows
    let done = waiting.prefix(count)
    waiting.removeFirst(count)
    for column in open.indices { open[column] = open[column].map { $0 - count } }
    return done
  }
}

extension SeriesRows {
  fileprivate mutating func append(_ other: SeriesRows, row: Int) {
    values.append(contentsOf: other.values[row * width..<(row + 1) * width])
    if let time = other.times?[row] { times?.append(time) }
    if let part = other.parts?[row] { parts?.append(part) }
  }

  fileprivate func prefix(_ count: Int) -> SeriesRows {
    var rows = self
    rows.values = Array(values.prefix(count * width))
    rows.times = times.map { Array($0.prefix(count)) }
    rows.parts = parts.map { Array($0.prefix(count)) }
    return rows
  }

  fileprivate mutating func removeFirst(_ count: Int) {
    values.removeFirst(count * width)
    times?.removeFirst(count)
    parts?.removeFirst(count)
  }
}

extension SeriesFill {
  /// A note on what was filled, for the user; nil if nothing was.
  public var note: String? {
    filled == 0 ? nil : "filled \(filled) missing value\(filled == 1 ? "" : "s") (\(fill.text))"
  }

  /// A warning about values that could not be filled, or not by the requested method.
  public var warnings: [String] {
    var warnings: [String] = []
    if left > 0, fill != .drop {
      warnings.append(
        "\(left) value\(left == 1 ? "" : "s") before the first known one of a column stay missing: windows that use them are dropped"
      )
    }
    if atBorders > 0 {
      warnings.append(
        "\(atBorders) missing value\(atBorders == 1 ? "" : "s") at the end of a part repeat the value before, "
          + "as a line to the next part would reveal it")
    }
    return warnings
  }
}

extension RereadableSeries {
  /// The series without missing values, as far as `fill` can fill them: itself if there are none, or nothing says how
  /// to fill them.
  /// - Parameter respectsParts: whether parts are stretches of time, which no line crosses.
  public func whole(
    _ fill: Fill?, respectsParts: Bool = false
  ) throws -> (series: RereadableSeries, fill: SeriesFill?) {
    guard let fill, fill != .drop, hasMissing else { return (self, nil) }
    let filled = try filled(fill, respectsParts: respectsParts)
    return (filled.series, filled.fill)
  }

  /// The series with its missing values filled, and the counts of what was filled.
  /// - Parameter respectsParts: whether parts are stretches of time, which no line crosses.
  private func filled(_ fill: Fill, respectsParts: Bool) throws -> (
    series: RereadableSeries, fill: SeriesFill
  ) {
    var filler = SeriesFill(
      fill, columns: schema.columns.count, hasTimes: hasTimes, hasParts: hasParts,
      respectsParts: respectsParts)
    let series = RereadableSeries(schema: schema)
    try forEach { rows in
      let done = filler.add(rows)
      if done.rows > 0 { try series.append(done) }
    }
    let rest = filler.finish()
    if rest.rows > 0 { try series.append(rest) }
    return (series, filler)
  }
}
