// What a picture of a backtest shows, from its results: the truth with some of the forecasts, and the mean absolute
// errors by step ahead and by origin.

import Charts
import Forecasting
import Inference
import Tensor
import TensorFile

/// Collects the results of a backtest for a picture of one target.
public struct BacktestCurves {
  private let names: [String]
  private let columns: [String]
  private let targets: [String]
  private let horizon: Int
  private let target: Int
  private var origins: [Double] = []
  private var times: [[Double]] = []
  /// `[forecaster][origin][step]`.
  private var values: [[[Double]]]
  private var actual: [[Double]] = []

  /// - Parameters:
  ///   - rivals: the columns of the statistical methods.
  ///   - target: the index of the target that is shown.
  public init(_ rivals: [String], targets: [String], horizon: Int, target: Int = 0) {
    (names, columns) = (["model"] + rivals, ["prediction"] + rivals)
    (self.targets, self.horizon, self.target) = (targets, horizon, target)
    values = names.map { _ in [] }
  }

  /// Adds the results of some origins.
  public mutating func add(_ chunk: Chunk) {
    func rows(_ name: String, width: Int, _ index: Int) -> [[Double]] {
      let all = chunk.columns[name]?.tensor?.doubles ?? []
      guard all.count == chunk.rows * horizon * width else { return [] }
      return (0..<chunk.rows).map { row in
        (0..<horizon).map { all[(row * horizon + $0) * width + index] }
      }
    }
    for (number, column) in columns.enumerated() {
      values[number] += rows(column, width: targets.count, target)
    }
    actual += rows("y", width: targets.count, target)
    let known = rows("time", width: 1, 0)
    let origin = chunk.columns["origin"]?.tensor?.doubles ?? []
    times += known.isEmpty ? origin.map { start in (0..<horizon).map { start + Double($0) } } : known
    origins += chunk.columns["cutoff"]?.tensor?.doubles ?? origin
    hasTimes = !known.isEmpty
  }

  private var hasTimes = false

  /// The rows of one series.
  /// - Parameter name: its name; nil for the first series, whose name is returned.
  public static func rows(of name: String?, in chunk: Chunk) -> (rows: Chunk, name: String?) {
    let names = chunk.rowNames
    guard let name = name ?? names.first, !names.isEmpty else { return (chunk, nil) }
    return (chunk.gather(names.indices.filter { names[$0] == name }), name)
  }

  /// The statistical methods among columns, in their usual order.
  public static func order(_ columns: [String]) -> [String] {
    Rival.allCases.map(\.key).filter(columns.contains)
  }

  /// The number of origins so far.
  public var count: Int { origins.count }

  /// The picture.
  /// - Parameter series: the name of the series; nil if there is only one.
  public func chart(series: String? = nil, language: ChartLanguage = .en) -> Chart {
    .backtest(
      BacktestPicture(
        target: [series, targets[target]].compactMap(\.self).joined(separator: ", "), hasTimes: hasTimes,
        truth: truth, forecasts: apart, origins: origins,
        errors: names.indices.map { number in
          BacktestPicture.Errors(
            name: names[number], bySteps: errors(number).bySteps, byOrigins: errors(number).byOrigins)
        }), language: language)
  }

  /// The true values, each once.
  private var truth: BacktestPicture.Curve {
    var (x, y): ([Double], [Double]) = ([], [])
    for (times, actual) in zip(times, actual) {
      for (time, value) in zip(times, actual) where x.last.map({ time > $0 }) ?? true {
        x.append(time)
        y.append(value)
      }
    }
    return BacktestPicture.Curve(x: x, y: y)
  }

  /// The model's forecasts that don't overlap, the last one included.
  private var apart: [BacktestPicture.Curve] {
    var curves: [BacktestPicture.Curve] = []
    var start = Double.infinity
    for (times, forecast) in zip(times, values[0]).reversed() where (times.last ?? .infinity) < start {
      curves.append(BacktestPicture.Curve(x: times, y: forecast))
      start = times.first ?? start
    }
    return curves.reversed()
  }

  private func errors(_ number: Int) -> (bySteps: [Double], byOrigins: [Double]) {
    var sums = Array(repeating: (sum: 0.0, count: 0), count: horizon)
    var byOrigins: [Double] = []
    for (forecast, actual) in zip(values[number], actual) {
      var own = (sum: 0.0, count: 0)
      for step in 0..<horizon where !actual[step].isNaN {
        let error = abs(forecast[step] - actual[step])
        sums[step] = (sums[step].sum + error, sums[step].count + 1)
        own = (own.sum + error, own.count + 1)
      }
      byOrigins.append(own.sum / Double(own.count))
    }
    return (sums.map { $0.sum / Double($0.count) }, byOrigins)
  }
}
