// One of several series in a file: its name, what describes it, and its rows.

import Failures

/// One series, in memory.
public struct PanelSeries: Sendable {
  /// Its name; nil if the file has only one, which has none.
  public let name: String?
  /// What describes it, as written, in the order of the columns; empty where nothing is known.
  public let statics: [String]
  /// Its rows.
  public var rows: SeriesRows

  /// A series.
  /// - Parameters:
  ///   - name: its name; nil if it is the only one.
  ///   - statics: what describes it, a cell for each column.
  public init(name: String?, statics: [String], rows: SeriesRows) {
    (self.name, self.statics, self.rows) = (name, statics, rows)
  }

  /// Runs `work`, naming the series in its errors.
  func naming<T>(_ work: () throws -> T) throws -> T {
    do { return try work() } catch let failure as Failure {
      guard let name, failure.kind == .data else { throw failure }
      throw Failure.data("series \(name): \(failure.problem)", at: failure.place, remedy: failure.remedy)
    }
  }

  /// The rows as a series that functions for a whole file take.
  func rereadable(_ schema: SeriesSchema) throws -> RereadableSeries {
    let series = RereadableSeries(schema: schema)
    if rows.rows > 0 { try series.append(rows) }
    return series
  }
}

extension RereadableSeries {
  /// All rows, in memory.
  func allRows() throws -> SeriesRows {
    var all = SeriesRows(width: schema.columns.count, hasTimes: hasTimes, hasParts: hasParts)
    try forEach { block in
      if all.rows == 0 { all = block } else { all.append(block, 0..<block.rows) }
    }
    return all
  }
}
