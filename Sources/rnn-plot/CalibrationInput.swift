// Whether predictions come true as often as they say: probabilities of classes, or intervals of forecasts.

import Charts
import Diagnostics
import Failures
import Forecasting
import Sequences
import TensorFile

extension PlotInput {
  /// The chart of the calibration of classes, or of intervals if there are any.
  func calibration() throws -> Chart {
    let reader = try run.reader(path)
    if try reader.schema.keys.contains(where: { $0.hasPrefix("prediction-lo-") })
      || WindowLayout(header: reader.header) != nil
    {
      guard selection.bins == nil else {
        throw Failure.usage("intervals have no bins", at: "--bins", remedy: "omit it")
      }
      return try coverage(reader)
    }
    return try reliability(ClassScores.read(reader, named: name))
  }

  private func reliability(_ scores: ClassScores) throws -> Chart {
    let probabilities = try scores.probabilities()
    guard scores.names.count > 2, !scores.allowsSeveral, selection.column.isEmpty else {
      return try ofClasses(scores, probabilities)
    }
    var bins = ReliabilityBins(count: selection.bins ?? 10)
    for (row, label) in zip(probabilities, scores.trueClasses) {
      let top = row.indices.max { row[$0] < row[$1] } ?? 0
      bins.add(row[top], happened: top == label)
    }
    var top = curve("predicted class", bins)
    top.name = language.pick("predicted class", "预测类别")
    return chart(
      [top], [bins],
      axes: (
        language.pick("predicted probability of the predicted class", "预测类别的预测概率"),
        language.pick("accuracy", "准确率")
      ))
  }

  /// A curve for each chosen class.
  private func ofClasses(_ scores: ClassScores, _ probabilities: [[Double]]) throws -> Chart {
    let chosen = try chosenClasses(scores)
    let all = chosen.map { number in
      var bins = ReliabilityBins(count: selection.bins ?? 10)
      for (row, happened) in zip(probabilities, scores.truth(of: number)) {
        bins.add(row[number], happened: happened)
      }
      return bins
    }
    let only = chosen.count == 1 ? scores.names[chosen[0]] : nil
    let of = only.map { language.pick(" of class \($0)", "（类别 \($0)）") } ?? ""
    return chart(
      zip(chosen, all).map { curve(scores.names[$0], $1) }, all,
      axes: (
        language.pick("predicted probability", "预测概率") + of,
        language.pick("observed frequency", "实际频率") + of
      ))
  }

  /// The chart of curves, with their errors, or the means of those of several.
  private func chart(
    _ curves: [ReliabilityCurve], _ bins: [ReliabilityBins], axes: (predicted: String, observed: String)
  ) -> Chart {
    func mean(_ value: (ReliabilityBins) -> Double) -> Double {
      bins.reduce(0) { $0 + value($1) } / Double(bins.count)
    }
    let (error, brier) = (mean(\.expectedCalibrationError), mean(\.brierScore))
    let note = [
      language.pick("expected calibration error ", "期望校准误差 ") + rounded(error),
      language.pick("Brier score ", "Brier 分数 ") + rounded(brier),
    ].joined(separator: language.pick(", ", "，"))
    var chart = Chart.reliability(curves, note: note, axes: axes, language: language)
    chart.measures = ["expected_calibration_error": error, "brier_score": brier]
    return chart
  }

  private func curve(_ name: String, _ bins: ReliabilityBins) -> ReliabilityCurve {
    ReliabilityCurve(
      name: name, key: name, predicted: bins.bins.map(\.predicted), observed: bins.bins.map(\.observed),
      counts: bins.bins.map(\.count), histogram: bins.histogram)
  }

  /// A measure in a title, with three decimals.
  func rounded(_ value: Double) -> String {
    let thousandths = (value.magnitude * 1000).rounded()
    guard thousandths < 1e15 else { return "\(value)" }
    let (whole, rest) = Int(thousandths).quotientAndRemainder(dividingBy: 1000)
    return (value < 0 ? "-" : "") + "\(whole)." + String("00\(rest)".suffix(3))
  }
}

// MARK: - Intervals

extension PlotInput {
  private func coverage(_ reader: TensorReader) throws -> Chart {
    let columns = try ForecastColumns(reader, named: name)
    guard columns.hasActual else { throw noActualValues }
    guard !columns.levels.isEmpty else {
      throw Failure.data(
        "the forecasts have no intervals", at: name,
        remedy: "add them with rnn-predict --conformal, or train with rnn-train --quantiles")
    }
    let targets = try targets(columns)
    var counts = CoverageCounts(columns, targets: targets)
    var series = try SeriesChoice(selection.series, reader.schema)
    let isOne = selection.series != nil
    while let chunk = try reader.next() { counts.add(isOne ? series.rows(chunk) : chunk) }
    if isOne { try series.check() }
    guard counts.hasValues else { throw Failure.data("there are no actual values", at: name) }
    return .coverage(counts.curves, language: language)
  }

  /// What is missing where forecasts have no targets.
  var noActualValues: Failure {
    .data(
      "there is no column y with the actual values", at: name,
      remedy: "cut a series into windows with rnn-window --like MODEL, and give these to rnn-predict")
  }
}
