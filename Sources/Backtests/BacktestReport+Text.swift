// The result of a backtest for people: tables of text.

import Failures
import Forecasting
import Inference
import Stage

extension BacktestReport {
  /// The most series in a table.
  private static let shown = 10

  /// The tables: all measures, the errors by step ahead, and if there are several, those of each target and of the series
  /// that are forecast worst.
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
    if isPanel, scores.series.count > 1 { lines += [""] + seriesTable }
    return lines.joined(separator: "\n")
  }

  private var title: String {
    let origins = "\(counted(self.origins, "origin")), \(counted(facts.step, "row")) apart"
    let measured = scores.counts.count { $0 > 0 }
    let panel = isPanel ? "; \(measured) series, \(counted(scores.forecasts, "forecast"))" : ""
    let skipped = facts.skipped > 0 ? " (\(facts.skipped) left out: gaps or missing values)" : ""
    let season = backtest.season > 1 ? "season \(backtest.season)" : "no season"
    return "\(origins)\(panel)\(skipped); horizon \(scores.horizon); \(season); "
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

  /// The series with the largest scaled errors, with the method that forecasts each best.
  private var seriesTable: [String] {
    let measured = scores.series.indices.filter { scores.counts[$0] > 0 }
    let errors = measured.map { (series: $0, mase: mean(.mase, 0, $0), mae: mean(.mae, 0, $0)) }
    // Where nothing scales the errors, their size decides.
    let order = errors.sorted {
      let (a, b) = ($0.mase.isNaN ? -1 : $0.mase, $1.mase.isNaN ? -1 : $1.mase)
      return (a, $0.mae, $1.series) > (b, $1.mae, $0.series)
    }
    let rows = order.prefix(Self.shown).map { one -> [String] in
      let best = scores.names.indices.dropFirst().filter { !mean(.mae, $0, one.series).isNaN }.min {
        mean(.mae, $0, one.series) < mean(.mae, $1, one.series)
      }
      return [
        printable(scores.series[one.series]), "\(scores.counts[one.series])", Self.number(one.mae),
        Self.number(mean(.rmse, 0, one.series)), Self.number(one.mase), best.map { scores.names[$0] } ?? "-",
        Self.number(best.map { mean(.mae, $0, one.series) } ?? .nan),
      ]
    }
    let rest =
      order.count > Self.shown ? ["... the \(Self.shown) largest errors of \(order.count) series"] : []
    let header = ["series", "forecasts", "mae", "rmse", "mase", "best method", "its mae"]
    return alignedLines([header] + rows) + rest
  }

  private func mean(_ metric: ForecastMetric, _ forecaster: Int, _ series: Int) -> Double {
    scores.summary(forecaster, series: series).mean(metric).value
  }

  private static func number(_ value: Double) -> String {
    value.isNaN ? "-" : NumberText.significant(value, 4)
  }
}
