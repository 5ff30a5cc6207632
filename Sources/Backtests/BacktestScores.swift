// The scores of a backtest: for every forecaster, series, target and group of steps ahead, from which those of all steps,
// of some, and over all series and targets are summed.

import Forecasting
import Inference
import Tensor
import TensorFile

/// The scores of all forecasters of a backtest.
public struct BacktestScores: Sendable {
  /// The forecasters: `model`, then the statistical methods.
  public let names: [String]
  /// The names of the series; one without a name if there is only one.
  public let series: [String]
  /// The names of the targets.
  public let targets: [String]
  /// The number of steps that are forecast.
  public let horizon: Int
  /// The number of forecasts so far, of each series.
  public private(set) var counts: [Int]
  /// The number of forecasts that a method could not make.
  public private(set) var missing: [Int]
  /// What scaled errors are divided by, `[series][target]`.
  private let scales: [[ErrorScale]]
  private let columns: [String]
  private let numbers: [String: Int]
  /// The groups of steps that are never divided.
  private let segments: [Range<Int>]
  private let segmentOfStep: [Int]
  /// `[forecaster][(series * targets + target) * segments + segment]`.
  private var scores: [[ForecastScore]]

  /// - Parameters:
  ///   - rivals: the statistical methods in the results.
  ///   - series: the names of the series; empty if there is one without a name.
  ///   - scales: what scaled errors are divided by, for each series and target.
  ///   - ends: the last steps of the groups whose scores are wanted.
  public init(
    _ rivals: [String], series: [String] = [], targets: [String], horizon: Int, scales: [[ErrorScale]],
    ends: [Int]
  ) {
    names = ["model"] + rivals
    columns = ["prediction"] + rivals
    self.series = series.isEmpty ? [""] : series
    (self.targets, self.horizon, self.scales) = (targets, horizon, scales)
    let ends = Set(ends.filter { (1..<horizon).contains($0) }).sorted() + [horizon]
    segments = zip([0] + ends, ends).map { $0..<$1 }
    segmentOfStep = segments.enumerated().flatMap { number, steps in steps.map { _ in number } }
    numbers = Dictionary(self.series.enumerated().map { ($1, $0) }) { first, _ in first }
    counts = self.series.map { _ in 0 }
    missing = names.map { _ in 0 }
    let size = self.series.count * targets.count * segments.count
    scores = names.map { _ in Array(repeating: ForecastScore(), count: size) }
  }

  /// The number of forecasts so far, of all series.
  public var forecasts: Int { counts.reduce(0, +) }

  /// Adds results.
  public mutating func add(_ chunk: Chunk) {
    guard let actual = chunk.columns["y"]?.tensor?.doubles, chunk.rows > 0 else { return }
    let ids = chunk.rowNames
    let rows = (0..<chunk.rows).map { ids.isEmpty ? 0 : numbers[ids[$0]] ?? 0 }
    for row in rows { counts[row] += 1 }
    let width = actual.count / chunk.rows
    for (number, column) in columns.enumerated() {
      guard let values = chunk.columns[column]?.tensor?.doubles, values.count == actual.count else {
        continue
      }
      let intervals = intervals(of: column, chunk)
      for (row, series) in rows.enumerated() {
        if number > 0, values[row * width].isNaN { missing[number] += 1 }
        for index in row * width..<(row + 1) * width where !values[index].isNaN {
          scores[number][place(index % width, series)].add(
            values[index], actual: actual[index],
            intervals: intervals.map { ($0.level, $0.low[index], $0.high[index]) })
        }
      }
    }
  }

  /// The intervals of a forecaster's column.
  private func intervals(
    of column: String, _ chunk: Chunk
  ) -> [(level: Double, low: [Double], high: [Double])] {
    IntervalColumns(Set(chunk.columns.keys), of: column).levels.compactMap { level in
      guard let low = chunk.columns["\(column)-lo-\(levelText(level))"]?.tensor?.doubles,
        let high = chunk.columns["\(column)-hi-\(levelText(level))"]?.tensor?.doubles
      else { return nil }
      return (level, low, high)
    }
  }

  /// The place of a value of a row `[horizon, targets]`.
  private func place(_ index: Int, _ series: Int) -> Int {
    let (step, target) = (index / targets.count, index % targets.count)
    return (series * targets.count + target) * segments.count + segmentOfStep[step]
  }

  /// The scores of a forecaster over some series, targets and steps.
  /// - Parameters:
  ///   - number: the forecaster's index in `names`.
  ///   - series: a series' index; nil for all that have forecasts.
  ///   - target: a target's index; nil for all.
  ///   - steps: the steps, counted from 0, which begin and end with groups; nil for all.
  public func summary(
    _ number: Int, series: Int? = nil, target: Int? = nil, steps: Range<Int>? = nil
  ) -> ScoreSummary {
    let chosen = series.map { $0..<$0 + 1 } ?? self.series.indices
    let targets = target.map { $0..<$0 + 1 } ?? 0..<targets.count
    let used = segments.indices.filter { steps?.contains(segments[$0].lowerBound) ?? true }
    var parts: [ScoreSummary.Part] = []
    for series in chosen where counts[series] > 0 {
      for target in targets {
        var sum = ForecastScore()
        let first = (series * self.targets.count + target) * segments.count
        for segment in used { sum += scores[number][first + segment] }
        parts.append((sum, scales[series][target]))
      }
    }
    return ScoreSummary(parts)
  }

  /// The targets, or the series if there are several, for which scaled errors are undefined, because their training rows
  /// repeat themselves.
  public var unscaled: [String] {
    guard series.count > 1 else { return zip(targets, scales[0]).filter(\.1.isUndefined).map(\.0) }
    return series.indices.filter { counts[$0] > 0 && scales[$0].contains(where: \.isUndefined) }.map {
      series[$0]
    }
  }
}
