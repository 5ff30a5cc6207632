// Statistical forecasts and measures against those of statsforecast, statsmodels and utilsforecast
// (fixtures/forecasting/make.py).

import Forecasting
import Foundation
import JSON
import Testing

@Suite struct ReferenceTests {
  private let reference: JSONValue

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appending(path: "fixtures/forecasting/reference.json")
    reference = try JSONValue(parsing: String(decoding: Data(contentsOf: file), as: UTF8.self))
  }

  private func numbers(_ value: JSONValue?) -> [Double] { value?.array?.compactMap(\.double) ?? [] }

  /// Whether the values are equal to `tolerance`, relative to the largest.
  private func agree(_ values: [Double], _ expected: [Double], to tolerance: Double) -> Bool {
    let size = expected.map(abs).max() ?? 0
    return values.count == expected.count
      && zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance * size }
  }

  @Test func statisticalMethods() throws {
    for item in try #require(reference["forecasts"]?.array) {
      let history = numbers(item["history"])
      let season = try #require(item["season"]?.int)
      for rival in Rival.all(season: season) {
        let expected = try #require(item[rival.key])
        let values = numbers(expected["values"])
        let forecast = try #require(rival.forecast(history[...], season: season, horizon: values.count))
        // The weight of smoothing is found by different searches; that of statsmodels stops short of 1.
        let tolerance = rival == .theta ? 2e-5 : 1e-11
        #expect(agree(forecast.values, values, to: tolerance), "\(item["name"]?.string ?? ""), \(rival)")
        guard rival != .theta else { continue }
        #expect(agree(forecast.deviations, numbers(expected["deviations"]), to: 1e-11), "\(rival)")
      }
    }
  }

  @Test func measures() throws {
    let measures = try #require(reference["measures"])
    let season = try #require(measures["season"]?.int)
    var parts: [ScoreSummary.Part] = []
    for name in ["a", "b"] {
      let series = try #require(measures["series"]?[name])
      let score = score(of: series)
      let scale = ErrorScale(numbers(series["training"]), season: season)
      parts.append((score, scale))
      try compare(ScoreSummary([(score, scale)]), measures, name)
    }
    try compare(ScoreSummary(parts), measures, "all")
  }

  private func score(of series: JSONValue) -> ForecastScore {
    var score = ForecastScore()
    let columns = ["y", "model", "model-lo-80", "model-hi-80"].map { numbers(series[$0]) }
    for index in columns[0].indices {
      let (y, value, low, high) = (columns[0][index], columns[1][index], columns[2][index], columns[3][index])
      score.add(value, actual: y)
      for (q, quantile) in [(0.1, low), (0.5, value), (0.9, high)] {
        score.add(quantile: q, quantile, actual: y)
      }
      score.add(level: 80, low, high, actual: y)
    }
    return score
  }

  private func compare(_ summary: ScoreSummary, _ measures: JSONValue, _ name: String) throws {
    #expect(summary.values.count == 10)
    for (key, value) in summary.values {
      let expected = try #require(measures["values"]?[key]?[name]?.double, "\(key)")
      #expect(abs(value - expected) <= 1e-12 * abs(expected), "\(key) of \(name): \(value), not \(expected)")
    }
  }
}
