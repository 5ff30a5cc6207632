// What is forecast at an origin: the window that the model reads, and the forecasts of the statistical methods, which
// know all rows before the origin.

import Failures
import Forecasting
import Sequences
import Tensor
import TensorFile

/// The forecasts of the statistical methods at the origins of a series.
struct OriginForecasts: Sendable {
  let series: BacktestSeries
  let layout: WindowLayout
  /// The number of steps in a season; 1 if there is none.
  let season: Int
  /// Sums of the targets that are judged too; nil for none.
  let hierarchy: Hierarchy?

  /// The series that are judged: the targets of the windows, or those of the hierarchy.
  var judged: [String] { hierarchy?.names ?? layout.targets }

  /// The window at an origin in the model's scaling; nil if it spans a gap or an input is missing.
  func window(_ origin: Int, _ scaler: Scaler) throws -> Chunk? {
    var rows = try series.known(at: origin, last: layout.inputSpan)
    let future = series.future(origin, layout.horizon)
    // Targets that are missing don't matter here, but would make the window incomplete.
    rows.values += future.values.map { $0.isNaN ? 0 : $0 }
    if let times = future.times { rows.times?.append(contentsOf: times) }
    var layout = layout
    layout.weight = nil
    var windower = try Windower(
      layout, series: series.schema, scaler: scaler, times: series.times, allowsMissing: true)
    try windower.push(rows)
    return windower.next(atMost: 1)
  }

  /// The true values of the judged series after an origin, as they were read: NaN where they are missing.
  func actual(_ origin: Int) throws -> [Double] {
    let future = series.future(origin, layout.horizon)
    let columns = try series.schema.indices(of: judged)
    return (0..<layout.horizon).flatMap { step in columns.map { future.values[step * future.width + $0] } }
  }

  /// The forecasts `[horizon, targets]` from an origin as those of the judged series.
  func judged(_ forecast: [Double], at origin: Int) throws -> [Double] {
    guard let hierarchy else { return forecast }
    let shares = try self.shares(hierarchy, at: origin)
    let width = layout.targets.count
    return stride(from: 0, to: forecast.count, by: width).flatMap {
      hierarchy.all(Array(forecast[$0..<$0 + width]), shares: shares)
    }
  }

  /// The shares of the targets in their total, over the rows before an origin in which all are known.
  private func shares(_ hierarchy: Hierarchy, at origin: Int) throws -> [Double] {
    guard hierarchy.method == .topDown else { return [] }
    let rows = try series.known(at: origin, last: origin)
    let total = rows.column(try series.schema.indices(of: [hierarchy.total])[0])
    let sum = total.reduce(0) { $1.isNaN ? $0 : $0 + $1 }
    guard sum != 0 else {
      throw Failure.data(
        "the total before origin \(origin) is 0, so targets have no shares in it",
        remedy: "use --hierarchy bottom-up")
    }
    return try series.schema.indices(of: hierarchy.bottoms).map { column in
      zip(rows.column(column), total).reduce(0) { $1.1.isNaN ? $0 : $0 + $1.0 } / sum
    }
  }

  /// The statistical methods that can forecast from `origin` on.
  func rivals(at origin: Int) throws -> [Rival] {
    let histories = try self.histories(at: origin)
    return Rival.all(season: season).filter { rival in
      histories.allSatisfy { rival.forecast($0, season: season, horizon: 1) != nil }
    }
  }

  /// The columns of the methods' forecasts, `[1, horizon * targets]`; with intervals, `naive-lo-80` and so on.
  /// - Parameter levels: the intervals' levels in percent.
  func columns(at origin: Int, _ rivals: [Rival], levels: [Double]) throws -> [String: Column] {
    let histories = try self.histories(at: origin)
    var columns: [String: Column] = [:]
    for rival in rivals {
      let forecasts = histories.map { rival.forecast($0, season: season, horizon: layout.horizon) }
      columns[rival.key] = column(forecasts) { $0.values }
      for level in levels {
        columns["\(rival.key)-lo-\(levelText(level))"] = column(forecasts) { $0.quantile(0.5 - level / 200) }
        columns["\(rival.key)-hi-\(levelText(level))"] = column(forecasts) { $0.quantile(0.5 + level / 200) }
      }
    }
    return columns
  }

  /// Values by step, then by target.
  private func column(_ forecasts: [SeriesForecast?], _ values: (SeriesForecast) -> [Double]) -> Column {
    let missing = Array(repeating: Double.nan, count: layout.horizon)
    let targets = forecasts.map { $0.map(values) ?? missing }
    let all = (0..<layout.horizon).flatMap { step in targets.map { $0[step] } }
    return .dense(Tensor(all, shape: [1, all.count]))
  }

  /// The values of each target before an origin: a missing one repeats the value before, and the series begins with
  /// the first known one.
  private func histories(at origin: Int) throws -> [[Double]] {
    let rows = try series.known(at: origin, last: origin)
    return try series.schema.indices(of: layout.targets).map { column in
      var last = Double.nan
      return rows.column(column).compactMap { value in
        if !value.isNaN { last = value }
        return last.isNaN ? nil : last
      }
    }
  }

  /// What scaled errors are divided by, for each judged series: from the rows before `origin`.
  func scales(before origin: Int) throws -> [ErrorScale] {
    let rows = try series.known(at: origin, last: origin)
    return try series.schema.indices(of: judged).map { ErrorScale(rows.column($0), season: season) }
  }
}
