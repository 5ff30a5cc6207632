// Undefined measures, sums of scores, and quantiles of the normal distribution.

import Forecasting
import Testing

@Suite struct ScoreTests {
  @Test func aConstantSeriesHasNoScale() {
    #expect(ErrorScale([5, 5, 5, 5], season: 1).isUndefined)
    #expect(ErrorScale([1, 2, 1, 2], season: 2).isUndefined)
    #expect(ErrorScale([1, 2], season: 2).isUndefined)
    #expect(ErrorScale([1, 2, 4], season: 1).absolute == 1.5)
  }

  @Test func undefinedMeasuresAreLeftOutAndCounted() {
    var score = ForecastScore()
    score.add(2, actual: 3)
    let summary = ScoreSummary([
      (score, ErrorScale([1, 3], season: 1)), (score, ErrorScale([5, 5], season: 1)),
    ])
    #expect(summary.mean(.mase) == ScoreMean(value: 0.5, undefined: 1))
    #expect(summary.mean(.mae) == ScoreMean(value: 1, undefined: 0))
    #expect(ScoreSummary([(score, ErrorScale([], season: 1))]).mean(.rmsse).value.isNaN)
  }

  @Test func sumsOfPartsAreThoseOfTheWhole() {
    var (whole, first, second) = (ForecastScore(), ForecastScore(), ForecastScore())
    let forecasts: [Double] = [1, 3, 0, 5]
    let actual: [Double] = [2, 0, 0, .nan]
    for index in forecasts.indices {
      whole.add(forecasts[index], actual: actual[index])
      if index < 2 {
        first.add(forecasts[index], actual: actual[index])
      } else {
        second.add(forecasts[index], actual: actual[index])
      }
    }
    first += second
    #expect(first == whole && whole.count == 3 && whole.zeros == 2)
    let scale = ErrorScale([1, 2], season: 1)
    #expect(whole.value(.mape, scale) == 0.5)
    let smape: Double = (1.0 / 3 + 1) / 3
    #expect(whole.value(.smape, scale) == smape)
  }

  @Test func quantilesOfTheNormalDistribution() {
    #expect(abs(normalQuantile(0.975) - 1.959963984540054) < 1e-14)
    #expect(abs(normalQuantile(0.001) + 3.090232306167813) < 1e-14)
    #expect(abs(normalQuantile(1e-15) + 7.941345326170997) < 1e-12)
    #expect(normalQuantile(0.5) == 0 && normalQuantile(0) == -.infinity && normalQuantile(1) == .infinity)
  }

  @Test func shortHistories() {
    #expect(Rival.naive.forecast([], season: 1, horizon: 2) == nil)
    #expect(Rival.seasonalNaive.forecast([1, 2], season: 3, horizon: 2) == nil)
    #expect(Rival.drift.forecast([1], season: 1, horizon: 2) == nil)
    #expect(Rival.theta.forecast([1, 2], season: 1, horizon: 2) == nil)
    #expect(Rival.theta.forecast([4, 4, 4, 4], season: 2, horizon: 2)?.values == [4, 4])
    #expect(Rival.all(season: 1) == [.naive, .drift, .mean, .theta])
  }
}
