// The origins of a backtest: the last forecast ends with the last row, and the origins before it are `step` rows apart.
//
//   rows 0 ..< origin              known: training, and the input window at their end
//   rows origin ..< origin + H     forecast, and compared with the truth

import Failures
import Sequences

/// The rows from which a backtest forecasts.
public struct OriginPlan: Sendable, Equatable {
  /// The number of rows before each origin, ascending.
  public let origins: [Int]
  /// The number of steps that are forecast.
  public let horizon: Int

  /// - Parameters:
  ///   - rows: the number of rows in the series.
  ///   - layout: the windows that the model reads and forecasts.
  ///   - count: the number of origins.
  ///   - step: the rows from one origin to the next.
  /// - Throws: `Failure` (data) if the series is too short for them and a training window before the first.
  public init(rows: Int, _ layout: WindowLayout, count: Int, step: Int) throws(Failure) {
    horizon = layout.horizon
    let last = rows - layout.horizon
    let most = last < layout.span ? 0 : (last - layout.span) / step + 1
    guard count <= most else {
      let apart = step == 1 ? "" : ", \(counted(step, "row")) apart,"
      throw Failure.data(
        "the series of \(counted(rows, "row")) is too short for \(counted(count, "origin"))\(apart) "
          + "with a training window of \(counted(layout.span, "row")) before the first",
        remedy: most > 0
          ? "use at most --origins \(most), or a shorter --length or --horizon"
          : "use a shorter --length or --horizon")
    }
    origins = (0..<count).map { last - (count - 1 - $0) * step }
  }
}
