// The result of a backtest for people, as tables of text, and for programs, as JSON.

import Failures
import Forecasting
import Inference
import JSON
import Stage

/// The result of a backtest.
public struct BacktestReport {
  private let scores: BacktestScores
  private let backtest: RollingBacktest
  private let groups: StepGroups
  private let horizons: [Int]
  private let facts: Facts

  /// What is known of the run beside its scores.
  public struct Facts {
    /// The rows from one origin to the next.
    public var step: Int
    /// Whether a model was trained for each origin.
    public var refits: Bool
    /// The number of origins that were left out.
    public var skipped: Int

    /// All facts.
    public init(step: Int, refits: Bool, skipped: Int) {
      (self.step, self.refits, self.skipped) = (step, refits, skipped)
    }
  }

  /// - Parameter horizons: the horizons that are asked for, ascending; the last is that of the model.
  public init(_ scores: BacktestScores, _ backtest: RollingBacktest, horizons: [Int], _ facts: Facts) {
    (self.scores, self.backtest, self.horizons, self.facts) = (scores, backtest, horizons, facts)
    groups = StepGroups(horizon: scores.horizon, ends: horizons)
  }

  /// What makes results less meaningful than they look, one line each.
  public var warnings: [String] {
    let names = scores.unscaledTargets
    var warnings: [String] = []
    if !names.isEmpty {
      let all = scores.targets.count
      warnings.append(
        "mase and rmsse are undefined for \(names.joined(separator: ", ")): the rows before the first origin repeat "
          + "themselves every \(counted(backtest.season, "row")), or are too few"
          + (names.count < all ? "; their means leave out \(names.count) of \(all) targets" : ""))
    }
    return warnings
  }

  // MARK: Text

  /// The tables: all measures, the errors by step ahead, and if there are several, those of each target.
  public var text: String {
    var lines = ["\(title)", ""] + table(target: nil, steps: nil)
    if groups.ranges.count > 1 { lines += [""] + stepTable }
    for horizon in horizons.dropLast() {
      lines += ["", "first \(counted(horizon, "step"))"] + table(target: nil, steps: 0..<horizon)
    }
    if scores.targets.count > 1 {
      for (number, target) in scores.targets.enumerated() {
        lines += ["", printable(target)] + table(target: number, steps: nil)
      }
    }
    return lines.joined(separator: "\n")
  }

  private var title: String {
    let origins = "\(counted(scores.origins, "origin")), \(counted(facts.step, "row")) apart"
    let skipped = facts.skipped > 0 ? " (\(facts.skipped) left out: gaps or missing values)" : ""
    let season = backtest.season > 1 ? "season \(backtest.season)" : "no season"
    return "\(origins)\(skipped); horizon \(scores.horizon); \(season); "
      + (facts.refits ? "a model for each origin" : "one model for all origins")
  }

  private func table(target: Int?, steps: Range<Int>?) -> [String] {
    let summaries = scores.names.indices.map { scores.summary($0, target: target, steps: steps) }
    let header =
      ["forecast"]
      + (summaries.first?.values.map { $0.key.replacing("scaled_quantile_loss", with: "sql") } ?? [])
    let rows = zip(scores.names, summaries).map { name, summary in
      [name] + summary.values.map { Self.number($0.value) }
    }
    return alignedLines([header] + rows)
  }

  private var stepTable: [String] {
    let header = ["mae by step"] + groups.ranges.map(StepGroups.text)
    let rows = scores.names.enumerated().map { number, name in
      [name] + groups.ranges.map { Self.number(scores.summary(number, steps: $0).mean(.mae).value) }
    }
    return alignedLines([header] + rows)
  }

  private static func number(_ value: Double) -> String {
    value.isNaN ? "-" : NumberText.significant(value, 4)
  }

  // MARK: JSON

  /// All measures of every forecaster: overall, by steps, and by target.
  public var json: JSONValue {
    var object = measures(target: nil, steps: nil)
    object["origins"] = .integer(Int64(scores.origins))
    object["skipped"] = .integer(Int64(facts.skipped))
    object["horizon"] = .integer(Int64(scores.horizon))
    object["step"] = .integer(Int64(facts.step))
    object["season"] = .integer(Int64(backtest.season))
    object["refit"] = .bool(facts.refits)
    object["training_rows"] = .integer(Int64(backtest.plan.origins[0]))
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
    object["undefined"] = .array(scores.unscaledTargets.map { .string($0) })
    return .object(object)
  }

  private func measures(target: Int?, steps: Range<Int>?) -> [String: JSONValue] {
    scores.names.enumerated().reduce(into: [:]) { object, forecaster in
      let values = scores.summary(forecaster.offset, target: target, steps: steps).values
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
