// The values of what is known over the horizon, row by row: scaled columns, then features of the calendar.

import Failures

/// Computes what is known at each row of one series after another.
struct KnownFeatures {
  private let known: KnownColumns
  private let indices: [Int]
  /// The times whose features were computed last: often, all series have the same.
  private var last: (times: [Int64], features: [Float])?

  init(_ known: KnownColumns, _ schema: SeriesSchema) throws(Failure) {
    self.known = known
    indices = try schema.indices(of: known.columns)
  }

  /// The values of a row.
  var width: Int { known.width }

  /// The values of all rows, `[rows, width]`, NaN where one is missing.
  /// - Parameter times: the times of the rows, as far as there are any.
  mutating func values(_ rows: SeriesRows, times: [Int64], _ offsets: TimeOffsets) -> [Float] {
    guard !known.isEmpty else { return [] }
    let count = max(rows.rows, known.columns.isEmpty ? times.count : 0)
    let calendar = features(times, offsets)
    let calendarWidth = width - indices.count
    guard !indices.isEmpty else { return calendar }
    var values: [Float] = []
    values.reserveCapacity(count * width)
    for row in 0..<count {
      for (number, index) in indices.enumerated() {
        values.append(Float(known.scaler.scale(rows.values[row * rows.width + index], column: number)))
      }
      values += calendar[row * calendarWidth..<(row + 1) * calendarWidth]
    }
    return values
  }

  /// The calendar's features of each time.
  private mutating func features(_ times: [Int64], _ offsets: TimeOffsets) -> [Float] {
    if known.calendar.isEmpty { return [] }
    if let last, last.times == times { return last.features }
    var features: [Float] = []
    for time in times {
      let local = LocalTime(offsets.local(time))
      for feature in known.calendar { feature.append(local, to: &features) }
    }
    last = (times, features)
    return features
  }
}
