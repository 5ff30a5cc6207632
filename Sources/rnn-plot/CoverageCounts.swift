// Counts of the actual values that are within intervals of forecasts, by level and step.

import Charts
import Forecasting
import TensorFile

/// Counts of the actual values within intervals.
struct CoverageCounts {
  private let columns: ForecastColumns
  private let targets: [Int]
  /// Of each target and step, the number of known values.
  private var known: [[Int]]
  /// Of each target, level and step, how many values are inside, and at most as large as the lower and the upper limit.
  private var inside, belowLow, belowHigh: [[[Int]]]
  /// Of each target, how many are at most as large as the prediction.
  private var belowMedian: [Int]

  init(_ columns: ForecastColumns, targets: [Int]) {
    (self.columns, self.targets) = (columns, targets)
    let steps = [Int](repeating: 0, count: columns.horizon)
    known = targets.map { _ in steps }
    inside = targets.map { _ in columns.levels.map { _ in steps } }
    (belowLow, belowHigh) = (inside, inside)
    belowMedian = targets.map { _ in 0 }
  }

  /// Whether anything was counted.
  var hasValues: Bool { known.contains { $0.contains { $0 > 0 } } }

  mutating func add(_ chunk: Chunk) {
    let actual = chunk.columns["y"]?.tensor?.doubles ?? []
    let prediction = chunk.columns["prediction"]?.tensor?.doubles ?? []
    let limits = columns.levels.map { level in
      ["lo", "hi"].map { chunk.columns["prediction-\($0)-\(levelText(level))"]?.tensor?.doubles ?? [] }
    }
    let width = columns.targets.count
    for index in actual.indices where actual[index].isFinite && prediction[index].isFinite {
      guard let place = targets.firstIndex(of: index % width) else { continue }
      let step = index / width % columns.horizon
      known[place][step] += 1
      if actual[index] <= prediction[index] { belowMedian[place] += 1 }
      for (level, limits) in limits.enumerated() {
        let (low, high) = (limits[0][index], limits[1][index])
        if low <= actual[index], actual[index] <= high { inside[place][level][step] += 1 }
        if actual[index] <= low { belowLow[place][level][step] += 1 }
        if actual[index] <= high { belowHigh[place][level][step] += 1 }
      }
    }
  }

  /// The coverage of each target in percent.
  var curves: [CoverageCurve] {
    targets.indices.map { place in
      let all = known[place].reduce(0, +)
      func percent(_ counts: [Int]) -> Double { 100 * Double(counts.reduce(0, +)) / Double(max(1, all)) }
      let levels = columns.levels
      let low = levels.indices.map { ((100 - levels[$0]) / 2, percent(belowLow[place][$0])) }
      let high = levels.indices.map { ((100 + levels[$0]) / 2, percent(belowHigh[place][$0])) }
      let quantiles = (low + [(50, percent([belowMedian[place]]))] + high).sorted { $0.0 < $1.0 }
      return CoverageCurve(
        target: columns.targets[targets[place]], levels: levels,
        coverage: levels.indices.map { percent(inside[place][$0]) }, quantiles: quantiles.map(\.0),
        below: quantiles.map(\.1),
        bySteps: levels.indices.map { level in
          known[place].indices.map { step in
            known[place][step] == 0
              ? .nan : 100 * Double(inside[place][level][step]) / Double(known[place][step])
          }
        })
    }
  }
}
