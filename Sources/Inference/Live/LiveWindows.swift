// The last rows of live series, each of which has a window of its own. Rows after a gap in the times begin a new window, as
// no window of the training data spans one.

import Failures
import Sequences

/// The windows of live series.
struct LiveWindows {
  /// The last rows of one series.
  private struct Rows {
    var values: [[Double]] = []
    var time: Int64?
  }

  /// What happened to a series with its last row.
  struct Change {
    /// The rows of the window that ends with the row, or before it, and those up to the row; nil if rows are missing.
    var rows: ArraySlice<[Double]>?
    /// The gap before the row, for the user; nil if there is none.
    var gap: String?
  }

  private let time: TimeColumn?
  /// The number of rows from the first one of a window to the newest one.
  private let reach: Int
  private var series: [String: Rows] = [:]

  /// - Parameter reach: the number of rows from the first one of a window to the newest one, both included.
  init(time: TimeColumn?, reach: Int) { (self.time, self.reach) = (time, reach) }

  /// Forgets all rows.
  mutating func reset() { series = [:] }

  /// Adds a row.
  /// - Parameter values: what is kept of it.
  /// - Throws: `Failure` (data) if its time is not after that of the row before.
  mutating func add(_ row: LiveRow, values: [Double]) throws -> Change {
    // Removed while it changes, so that the array is not copied.
    var rows = series.removeValue(forKey: row.series) ?? Rows()
    defer { series[row.series] = rows }
    let gap = try gap(row.time, after: rows.time)
    if gap != nil { rows.values = [] }
    rows.time = row.time ?? rows.time
    rows.values.append(values)
    if rows.values.count > reach { rows.values.removeFirst() }
    guard rows.values.count == reach else { return Change(rows: nil, gap: gap) }
    return Change(rows: rows.values[...], gap: gap)
  }

  private func gap(_ time: Int64?, after last: Int64?) throws -> String? {
    guard let column = self.time, let time, let last else { return nil }
    guard time > last else {
      throw Failure.data(
        "the time \(column.text(time)) is not after \(column.text(last)), that of the row before")
    }
    guard let next = column.advance(last, by: 1), next != time else { return nil }
    return "\(column.text(time)) does not follow \(column.text(last)): a new window begins"
  }
}
