// The result of a backtest for programs, as JSON, and what makes it less meaningful than it looks.

import Failures
import Forecasting
import JSON
import Sequences

/// The result of a backtest.
public struct BacktestReport {
  let scores: BacktestScores
  let backtest: RollingBacktest
  let groups: StepGroups
  let horizons: [Int]
  let facts: Facts

  /// What is known of the run beside its scores.
  public struct Facts {
    /// The rows from one origin to the next.
    public var step: Int
    /// Whether a model was trained for each origin.
    public var refits: Bool
    /// The number of origins.
    public var origins: Int
    /// The number of forecasts that were left out.
    public var skipped: Int

    /// All facts.
    public init(step: Int, refits: Bool, origins: Int, skipped: Int) {
      (self.step, self.refits, self.origins, self.skipped) = (step, refits, origins, skipped)
    }
  }

  /// - Parameter horizons: the horizons that are asked for, ascending; the last is that of the model.
  public init(_ scores: BacktestScores, _ backtest: RollingBacktest, horizons: [Int], _ facts: Facts) {
    (self.scores, self.backtest, self.horizons, self.facts) = (scores, backtest, horizons, facts)
    groups = StepGroups(horizon: scores.horizon, ends: horizons)
  }

  /// The last steps of all groups that a report needs.
  public static func ends(horizons: [Int]) -> [Int] {
    let horizon = horizons.last ?? 1
    return horizons + StepGroups(horizon: horizon, ends: horizons).ranges.map(\.upperBound)
  }

  /// Whether there are several series.
  var isPanel: Bool { backtest.column != nil }
  /// The origins that were measured; of a single series those that were not left out.
  var origins: Int { isPanel ? facts.origins : scores.forecasts }

  /// What makes results less meaningful than they look, one line each.
  public var warnings: [String] { [undefined, incomplete].compactMap(\.self) }

  private var undefined: String? {
    let names = scores.unscaled
    guard !names.isEmpty else { return nil }
    let all = isPanel ? scores.counts.count { $0 > 0 } : scores.targets.count
    let what = isPanel ? "series" : counted(all, "target").drop { $0 != " " }.dropFirst().description
    let listed = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", ..." : "")
    return
      "mase and rmsse are undefined for \(listed): the rows before the first origin repeat "
      + "themselves every \(counted(backtest.season, "row")), or are too few"
      + (names.count < all ? "; their means leave out \(names.count) of \(all) \(what)" : "")
  }

  /// Methods that can't forecast every series.
  private var incomplete: String? {
    let parts = zip(scores.names, scores.missing).filter { $0.1 > 0 }.map { "\($0) \($1)" }
    guard !parts.isEmpty else { return nil }
    return "too few rows for some forecasts, which the errors of these methods leave out: "
      + parts.joined(separator: ", ") + " of \(scores.forecasts)"
  }

  /// All measures of every forecaster: overall, by steps, by target, and by series.
  public var json: JSONValue {
    var object = measures(target: nil, steps: nil)
    let numbers = [
      "origins": origins, "skipped": facts.skipped, "horizon": scores.horizon, "step": facts.step,
      "season": backtest.season, "training_rows": backtest.trainingRows,
    ]
    for (name, number) in numbers { object[name] = .integer(Int64(number)) }
    object["refit"] = .bool(facts.refits)
    object["steps"] = .array(
      groups.ranges.map { range in
        var part = measures(target: nil, steps: range)
        part["from"] = .integer(Int64(range.lowerBound + 1))
        part["to"] = .integer(Int64(range.upperBound))
        return .object(part)
      })
    object["horizons"] = .array(
      horizons.map { horizon in
        var part = measures(target: nil, steps: 0..<horizon)
        part["horizon"] = .integer(Int64(horizon))
        return .object(part)
      })
    object["targets"] = .object(
      Dictionary(
        scores.targets.enumerated().map { ($1, JSONValue.object(measures(target: $0, steps: nil))) }
      ) { first, _ in first })
    object["undefined"] = .array(scores.unscaled.map { .string($0) })
    if isPanel {
      object["forecasts"] = .integer(Int64(scores.forecasts))
      object["series"] = seriesJSON
    }
    return .object(object)
  }

  /// The measures of each series.
  private var seriesJSON: JSONValue {
    let measured = scores.series.indices.filter { scores.counts[$0] > 0 }
    return .object(
      Dictionary(
        measured.map { index in
          var part = measures(series: index, target: nil, steps: nil)
          part["forecasts"] = .integer(Int64(scores.counts[index]))
          return (scores.series[index], .object(part))
        }
      ) { first, _ in first })
  }

  private func measures(series: Int? = nil, target: Int?, steps: Range<Int>?) -> [String: JSONValue] {
    scores.names.enumerated().reduce(into: [:]) { object, forecaster in
      let values = scores.summary(forecaster.offset, series: series, target: target, steps: steps).values
      object[forecaster.element] = .object(values.reduce(into: [:]) { $0[$1.key] = .number($1.value) })
    }
  }

  /// The measures for the registry: those of the model by their keys, those of other forecasters with their names in
  /// front.
  public var metrics: [(name: String, value: Double)] {
    scores.names.enumerated().flatMap { number, name in
      scores.summary(number).values.filter { $0.value.isFinite }.map {
        (name == "model" ? $0.key : "\(name)_\($0.key)", $0.value)
      }
    }
  }
}
