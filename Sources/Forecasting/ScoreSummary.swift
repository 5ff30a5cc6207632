// The measures of one forecaster over several series: each is computed for every series, then averaged, as
// utilsforecast's `evaluate` does. Series for which a measure is undefined are left out and counted.

/// The mean of a measure over series.
public struct ScoreMean: Sendable, Equatable {
  /// The mean; NaN if the measure is undefined for every series.
  public let value: Double
  /// The number of series that were left out, because the measure is undefined for them.
  public let undefined: Int

  /// A mean that leaves out `undefined` series.
  public init(value: Double, undefined: Int) { (self.value, self.undefined) = (value, undefined) }
}

/// The scores of one forecaster on several series.
public struct ScoreSummary: Sendable {
  /// The scores of a series, and what scaled errors are divided by.
  public typealias Part = (score: ForecastScore, scale: ErrorScale)
  private let parts: [Part]

  /// - Parameter parts: one for each series.
  public init(_ parts: [Part]) { self.parts = parts }

  /// The measures that the forecasts allow: those of quantiles only if there are quantiles.
  public var metrics: [ForecastMetric] {
    ForecastMetric.ofValues + (parts.contains { $0.score.hasQuantiles } ? ForecastMetric.ofQuantiles : [])
  }

  /// The levels of the forecasts' intervals, ascending.
  public var levels: [Double] { parts.first?.score.levels ?? [] }

  /// The mean of a measure.
  public func mean(_ metric: ForecastMetric) -> ScoreMean { mean { $0.score.value(metric, $0.scale) } }

  /// The mean fraction of true values in their intervals.
  public func coverage(_ level: Double) -> ScoreMean { mean { $0.score.coverage(level) } }

  /// All measures that are defined, by key: `mae`, ..., `coverage_80`.
  public var values: [(key: String, value: Double)] {
    let measures = metrics.map { ($0.key, mean($0).value) }
    return measures + levels.map { ("coverage_\(levelText($0))", coverage($0).value) }
  }

  private func mean(_ value: (Part) -> Double) -> ScoreMean {
    let values = parts.map(value).filter(\.isFinite)
    return ScoreMean(
      value: values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count),
      undefined: parts.count - values.count)
  }
}

/// A level in percent as in the names of columns: `80`, `97.5`.
public func levelText(_ level: Double) -> String {
  level == level.rounded() && abs(level) < 1e6 ? String(Int(level)) : String(level)
}
