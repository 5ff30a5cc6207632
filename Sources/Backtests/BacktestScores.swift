// The scores of a backtest: for every forecaster, target and step ahead, from which those of all steps, of some, and over
// all targets are summed; and the mean absolute error of every origin, for pictures.

import Forecasting
import Tensor
import TensorFile

/// The scores of all forecasters of a backtest.
public struct BacktestScores: Sendable {
  /// The forecasters: `model`, then the statistical methods.
  public let names: [String]
  /// The names of the targets.
  public let targets: [String]
  /// The number of steps that are forecast.
  public let horizon: Int
  /// The number of origins so far.
  public private(set) var origins = 0
  private let scales: [ErrorScale]
  private let columns: [String]
  /// `[forecaster][target * horizon + step]`.
  private var scores: [[ForecastScore]]

  /// - Parameters:
  ///   - rivals: the statistical methods in the results.
  ///   - scales: what scaled errors are divided by, for each target.
  public init(_ rivals: [String], targets: [String], horizon: Int, scales: [ErrorScale]) {
    names = ["model"] + rivals
    columns = ["prediction"] + rivals
    (self.targets, self.horizon, self.scales) = (targets, horizon, scales)
    scores = names.map { _ in Array(repeating: ForecastScore(), count: targets.count * horizon) }
  }

  /// Adds the results of some origins.
  public mutating func add(_ chunk: Chunk) {
    guard let actual = chunk.columns["y"]?.tensor?.doubles else { return }
    origins += chunk.rows
    for (number, column) in columns.enumerated() {
      guard let values = chunk.columns[column]?.tensor?.doubles, values.count == actual.count else {
        continue
      }
      let intervals = intervals(of: column, chunk)
      for index in values.indices {
        scores[number][place(index)].add(
          values[index], actual: actual[index],
          intervals: intervals.map { ($0.level, $0.low[index], $0.high[index]) })
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

  /// The place of a value of rows `[horizon, targets]`.
  private func place(_ index: Int) -> Int {
    let (step, target) = (index / targets.count % horizon, index % targets.count)
    return target * horizon + step
  }

  /// The scores of a forecaster over some targets and steps.
  /// - Parameters:
  ///   - number: the forecaster's index in `names`.
  ///   - target: a target's index; nil for all.
  ///   - steps: the steps, counted from 0; nil for all.
  public func summary(_ number: Int, target: Int? = nil, steps: Range<Int>? = nil) -> ScoreSummary {
    ScoreSummary(
      (target.map { $0..<$0 + 1 } ?? 0..<targets.count).map { target in
        var sum = ForecastScore()
        for step in steps ?? 0..<horizon { sum += scores[number][target * horizon + step] }
        return (sum, scales[target])
      })
  }

  /// The targets for which scaled errors are undefined, because their training rows repeat themselves.
  public var unscaledTargets: [String] { zip(targets, scales).filter(\.1.isUndefined).map(\.0) }
}
