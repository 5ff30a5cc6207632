// What the statistical methods forecast at an origin, from all rows before it, and by what errors are divided.

import Failures
import Forecasting
import Sequences
import Tensor
import TensorFile

/// The forecasts of the statistical methods at the origins of series.
struct OriginForecasts: Sendable {
  let panel: BacktestPanel
  /// The number of steps in a season; 1 if there is none.
  let season: Int
  private let targets: [Int]

  init(_ panel: BacktestPanel, season: Int) throws {
    (self.panel, self.season) = (panel, season)
    targets = try panel.schema.indices(of: panel.request.layout.targets)
  }

  private var horizon: Int { panel.request.layout.horizon }

  /// The statistical methods that can forecast a series from `origin` on.
  func rivals(_ number: Int, at origin: Int) throws -> [Rival] {
    let histories = try self.histories(number, at: origin)
    return Rival.all(season: season).filter { rival in
      histories.allSatisfy { rival.forecast($0[...], season: season, horizon: 1) != nil }
    }
  }

  /// The columns of the methods' forecasts, `[1, horizon * targets]`; with intervals, `naive-lo-80` and so on.
  /// - Parameter levels: the intervals' levels in percent.
  func columns(_ number: Int, at origin: Int, _ rivals: [Rival], levels: [Double]) throws -> [String: Column]
  {
    let histories = try self.histories(number, at: origin)
    var columns: [String: Column] = [:]
    for rival in rivals {
      let forecasts = histories.map {
        rival.forecast($0[...], season: season, horizon: horizon, needsDeviations: !levels.isEmpty)
      }
      columns[rival.key] = column(forecasts) { $0.values }
      for level in levels {
        columns["\(rival.key)-lo-\(levelText(level))"] = column(forecasts) { $0.quantile(0.5 - level / 200) }
        columns["\(rival.key)-hi-\(levelText(level))"] = column(forecasts) { $0.quantile(0.5 + level / 200) }
      }
    }
    return columns
  }

  /// Values by step, then by target; NaN where a method can't forecast.
  private func column(_ forecasts: [SeriesForecast?], _ values: (SeriesForecast) -> [Double]) -> Column {
    let missing = Array(repeating: Double.nan, count: horizon)
    let targets = forecasts.map { $0.map(values) ?? missing }
    let all = (0..<horizon).flatMap { step in targets.map { $0[step] } }
    return .dense(Tensor(all, shape: [1, all.count]))
  }

  /// The values of each target before an origin: a missing one repeats the value before, and the series begins with
  /// the first known one.
  private func histories(_ number: Int, at origin: Int) throws -> [[Double]] {
    let rows = try panel.known(number, at: origin)
    return targets.map { column in
      var last = Double.nan
      return rows.column(column).compactMap { value in
        if !value.isNaN { last = value }
        return last.isNaN ? nil : last
      }
    }
  }
}

extension BacktestPanel {
  /// What scaled errors of a series are divided by, for each of some columns: from its rows before `origin`.
  func scales(_ number: Int, before origin: Int, columns: [Int], season: Int) throws -> [ErrorScale] {
    let rows = try known(number, at: origin)
    return columns.map { ErrorScale(rows.column($0), season: season) }
  }
}
