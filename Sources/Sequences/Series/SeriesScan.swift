// The first pass over a series, before windows are cut: it checks values and times, and computes what windows
// need: the scaling and the step.

import Calendar
import Failures

/// The results of the first pass over a series.
public struct SeriesScan: Sendable {
  /// The number of rows.
  public private(set) var rows = 0
  /// What is known of the times, if the series has any.
  public private(set) var times: SeriesTimes?
  /// The number of missing values.
  public private(set) var missing = 0
  /// The scaling of the columns, fitted on the rows of part 0, or on all rows if the series is not split.
  public let scaler: Scaler

  /// Reads the series once, and where it has gaps that are an error, a second time to find them.
  /// - Parameters:
  ///   - columns: the columns that windows need.
  ///   - kind: the scaling to fit.
  ///   - gaps: what to do about gaps in the times.
  ///   - model: the time column of the model, whose step the series must have.
  ///   - allowsMissing: whether values may be missing (NaN).
  /// - Throws: `Failure(.data)` if a value is not finite (stating row, time and column), or if a time
  ///   repeats, goes backwards or, with the policy `.error`, follows a gap, or if the step is not the model's.
  public init(
    _ series: RereadableSeries, columns: [String], scale kind: ScaleKind, gaps policy: GapPolicy,
    like model: TimeColumn? = nil, allowsMissing: Bool = false
  ) throws {
    let indices = try series.schema.indices(of: columns)
    var fit = ScalerFit(columns: columns, for: kind)
    let column = series.schema.time
    var census = column.map { StepCensus($0, gaps: policy) }
    var (count, missing) = (0, 0)
    try series.forEach { block in
      for row in 0..<block.rows {
        let time = block.times?[row]
        let values = indices.map { block.values[row * block.width + $0] }
        if let bad = values.firstIndex(where: { !$0.isFinite && !($0.isNaN && allowsMissing) }) {
          throw Self.notFinite(row: count + row, time: time, column: columns[bad])
        }
        missing += values.count(where: \.isNaN)
        if let time { try census?.add(time) }
        if kind != .none, block.parts.map({ $0[row] == 0 }) ?? true { fit.add(values) }
      }
      count += block.rows
    }
    (rows, self.missing) = (count, missing)
    scaler = try fit.scaler(kind, basis: series.hasParts ? .train : .all)
    guard let column, let census else { return }
    let times = try SeriesTimes(census, column, gaps: policy, like: model)
    if policy == .error { try times.rejectGaps(in: series) }
    self.times = times
  }

  /// The number of gaps: rows that are not one step after the row before.
  public var gaps: Int { times?.gaps ?? 0 }

  private static func notFinite(row: Int, time: Int64?, column: String) -> Failure {
    let time = time.map { " (\(timeText($0)))" } ?? ""
    return Failure.data(
      "row \(row + 1)\(time), column \(column): the value is missing or infinite",
      remedy: "use --fill, for example --fill previous, or exclude the column with --columns")
  }
}
