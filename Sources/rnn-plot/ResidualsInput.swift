// The residuals of a stream of predictions: of a forecast in the order of time, or of a regression.

import Charts
import Diagnostics
import Failures
import Glibc
import Sequences
import TensorFile

extension PlotInput {
  /// The chart of residuals.
  func residuals() throws -> Chart {
    let reader = try run.reader(path)
    guard try ClassNames(header: reader.header) == nil else {
      throw Failure.data(
        "these are classes, which have no residuals", at: name, remedy: "use rnn-plot calibration")
    }
    let columns = try ForecastColumns(reader, named: name)
    guard columns.hasActual else { throw noActualValues }
    let step = selection.step ?? 1
    guard step <= columns.horizon else {
      throw Failure.usage("there is no step \(step); the horizon is \(columns.horizon)", at: "--step")
    }
    var samples = ForecastSamples(columns: columns, step: step - 1, limit: .max)
    var series = try SeriesChoice(selection.series, reader.schema)
    while let chunk = try reader.next() { samples.append(series.rows(chunk)) }
    try series.check()
    if let note = series.note { run.note(note) }
    guard samples.rows > 0 else { throw Failure.data("there are no predictions", at: name) }
    let target = try residualTarget(columns)
    let isSeries = try columns.hasTimes || WindowLayout(header: reader.header) != nil
    let note = [series.name, stepNote(step, columns)].compactMap { $0 }.joined(
      separator: language.pick(", ", "，"))
    let curve = samples.curves(targets: [target])[0]
    return .residuals(
      try picture(curve, isSeries: isSeries, hasTimes: columns.hasTimes, note: note), language: language)
  }

  /// The selected target, else the first one.
  private func residualTarget(_ columns: ForecastColumns) throws -> Int {
    guard selection.column.count <= 1 else {
      throw Failure.usage("residuals are those of one target", at: "--column", remedy: "name one")
    }
    if selection.column.isEmpty, columns.targets.count > 1 {
      run.note("showing target \(columns.targets[0]), the first of \(columns.targets.count) (--column)")
    }
    return try indices(of: selection.column, in: columns.targets, else: "there is no target").first ?? 0
  }

  private func picture(
    _ curve: ForecastCurve, isSeries: Bool, hasTimes: Bool, note: String
  ) throws -> ResidualPicture {
    let residuals = zip(curve.actual, curve.prediction).map { $0 - $1 }
    guard let fit = NormalFit(residuals) else {
      throw Failure.data("no sample has both an actual and a predicted value", at: name)
    }
    guard fit.deviation.isFinite, fit.mean.isFinite else {
      throw Failure.data("the residuals are too large to be squared", at: name, remedy: "rescale the values")
    }
    let bins = histogram(residuals, fit)
    let correlation = Autocorrelation(residuals, lags: Int(10 * log10(Double(residuals.count))))
    // As forecast::checkresiduals for data without seasons.
    let lags = min(10, (correlation?.count ?? 0) / 5)
    let test = correlation.flatMap { lags > 0 ? $0.ljungBox(lags: lags) : nil }
    return ResidualPicture(
      target: curve.target, x: curve.x, hasTimes: hasTimes, isSeries: isSeries, residuals: residuals,
      predicted: curve.prediction, autocorrelation: correlation.map { ($0.values, $0.limit) },
      ljungBox: test.map { (lags, $0.statistic, $0.probability) }, histogram: bins,
      normal: (fit.mean, fit.deviation), curve: normalCurve(fit, bins),
      quantiles: (fit.quantiles.map(\.normal), fit.quantiles.map(\.value)), note: note)
  }

  /// Bins of the width of Freedman and Diaconis, from 5 to 100.
  private func histogram(_ residuals: [Double], _ fit: NormalFit) -> Histogram {
    let sorted = fit.quantiles.map(\.value)
    let (low, high) = (sorted.first ?? 0, sorted.last ?? 0)
    let middle = sorted[min(sorted.count - 1, sorted.count * 3 / 4)] - sorted[sorted.count / 4]
    let width = 2 * middle / cbrt(Double(sorted.count))
    let count = width > 0 ? min(100, max(5, ((high - low) / width).rounded(.up))) : 20
    var bins = Histogram(over: low...high, bins: Int(count), isWhole: false)
    for value in sorted { bins.add(value) }
    return bins
  }

  /// The expected counts of a normal distribution; none if all residuals are equal.
  private func normalCurve(_ fit: NormalFit, _ bins: Histogram) -> (x: [Double], y: [Double]) {
    guard fit.deviation > 0 else { return ([], []) }
    let total = Double(bins.counts.reduce(0, +))
    let x = (0...200).map { bins.start + Double(bins.counts.count) * bins.width * Double($0) / 200 }
    return (x, x.map { total * bins.width * fit.density($0) })
  }
}
