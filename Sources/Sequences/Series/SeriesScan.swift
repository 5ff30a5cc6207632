// The first pass over a series, before windows are cut: it checks values and times, and computes what windows
// need: the scaling and the step.

import Calendar
import Failures

/// The results of the first pass over a series.
public struct SeriesScan: Sendable {
  /// The number of rows.
  public private(set) var rows = 0
  /// The step between rows, if the series has times that are regular except for `gaps`.
  public private(set) var step: TimeStep?
  /// The number of gaps: steps that differ from the others.
  public private(set) var gaps = 0
  /// The number of missing values.
  public private(set) var missing = 0
  /// The scaling of the columns, fitted on the rows of part 0, or on all rows if the series is not split.
  public let scaler: Scaler

  /// Reads the series once.
  /// - Parameters:
  ///   - columns: the columns that windows need.
  ///   - kind: the scaling to fit.
  ///   - gaps: what to do about gaps in the times.
  ///   - allowsMissing: whether values may be missing (NaN).
  /// - Throws: `Failure(.data)` if a value is not finite (stating row, time and column), or if a time
  ///   repeats, goes backwards or, with the policy `.error`, follows a gap.
  public init(
    _ series: RereadableSeries, columns: [String], scale kind: ScaleKind, gaps policy: GapPolicy,
    allowsMissing: Bool = false
  ) throws {
    let indices = try series.schema.indices(of: columns)
    var fit = ScalerFit(columns: columns)
    var detector = GapDetector(policy)
    var (count, missing) = (0, 0)
    try series.forEach { block in
      for row in 0..<block.rows {
        let time = block.times?[row]
        let values = indices.map { block.values[row * block.width + $0] }
        if let bad = values.firstIndex(where: { !$0.isFinite && !($0.isNaN && allowsMissing) }) {
          throw Self.notFinite(row: count + row, time: time, column: columns[bad])
        }
        missing += values.count(where: \.isNaN)
        if let time { _ = try detector.segment(of: time) }
        if kind != .none, block.parts.map({ $0[row] == 0 }) ?? true { fit.add(values) }
      }
      count += block.rows
    }
    (rows, self.missing) = (count, missing)
    gaps = detector.gaps
    // If gaps are ignored, the step does not hold for all rows.
    step = policy == .ignore && detector.gaps > 0 ? nil : detector.step
    scaler = try fit.scaler(kind, basis: series.hasParts ? .train : .all)
  }

  private static func notFinite(row: Int, time: Int64?, column: String) -> Failure {
    let time = time.map { " (\(timeText($0)))" } ?? ""
    return Failure.data(
      "row \(row + 1)\(time), column \(column): the value is missing or infinite",
      remedy: "use --fill, for example --fill previous, or exclude the column with --columns")
  }
}
