// The evaluation of forecasts in the units of the data: errors of the model and of statistical methods, over all targets
// and for each, computed from doubles.

import Failures
import Forecasting
import Sequences
import Tensor
import TensorFile
import Training

/// How forecasts are judged.
public struct JudgingOptions: Sendable {
  /// The number of steps in a season; nil for the usual one of the series' times.
  public var season: Int?
  /// The levels in percent of intervals that are added to the model's forecasts.
  public var levels: [Double]
  /// The maximum number of threads; results don't depend on it.
  public var threads: Int
  /// The rows from one window to the next; nil if they are those of the training data.
  public var stride: Int?

  /// By default, the usual season, no intervals, and one thread.
  public init(season: Int? = nil, levels: [Double] = [], threads: Int = 1) {
    (self.season, self.levels, self.threads) = (season, levels, threads)
  }
}

/// The errors of a model of windows, accumulated over chunks.
struct ForecastEvaluation {
  private let model: LoadedModel
  private let targets: [String]
  private let metrics: [Metric]
  /// What each target is multiplied by in scaling; empty if the data are not scaled, or not all by the same.
  private let factors: [Double]
  private var judge: WindowJudge
  /// The number of steps in a season; 1 if there is none.
  private let season: Int
  /// The errors of the model; nil before the first chunk.
  private var errors: ForecastErrors?
  /// How far the values are rounded in single precision.
  private var rounding = ForecastErrors()
  /// The errors of each series, if there are several.
  private var series = SeriesEvaluation()
  /// Metrics that are not errors, such as accuracies.
  private var otherMetrics: MetricTotals?

  /// - Parameter metrics: the metrics beside the usual ones.
  init(_ window: WindowLayout, _ model: LoadedModel, metrics: [Metric], _ options: JudgingOptions) throws {
    self.model = model
    var window = window
    window.stride = options.stride ?? window.stride
    targets = window.targets
    let scaler =
      model.scaler ?? Scaler.identity(window.inputs + window.targets.filter { !window.inputs.contains($0) })
    let transform = model.windows?.transform ?? .none
    let columns = try scaler.indices(of: window.targets)
    // Rows that are scaled by their own values have no errors in common units.
    let isCommon = scaler.kind != .none && scaler.scope == .all && transform.isIdentity
    factors = isCommon ? columns.map { scaler.factor[$0] } : []
    season = options.season ?? model.time?.step?.times(window.rate).season ?? 1
    judge = WindowJudge(
      window, scaler: scaler, transform: transform, season: season, levels: options.levels,
      threads: options.threads)
    let standard: [Metric] = [.meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError]
    let further = metrics.filter { !standard.contains($0) }
    self.metrics = further.enumerated().filter { further.firstIndex(of: $0.element) == $0.offset }.map(
      \.element)
  }

  /// Looks at windows, in the order of the stream, those included for which nothing is predicted.
  /// - Parameter selected: for which rows there will be predictions.
  mutating func see(_ chunk: Chunk, selected: [Bool]) throws {
    let given =
      try chunk.columns["actual"]?.tensor?.doubles
      ?? chunk.columns["y"]?.tensor.map {
        try model.unscaled($0.doubles, of: chunk)
      }
    if let given { try judge.see(chunk, actual: given, selected: selected) }
  }

  /// Adds a chunk's predictions and targets, both in the units of the data.
  /// - Parameter limits: the intervals by level, of the predictions' shape.
  mutating func add(
    _ prediction: Tensor, _ limits: [Double: (low: [Double], high: [Double])], targets: Tensor, _ chunk: Chunk
  ) throws {
    let actual = targets.doubles
    var errors = self.errors ?? ForecastErrors(outputs: targets.rowWidth)
    errors.add(prediction.doubles, targets: actual)
    self.errors = errors
    let naive = judge.add(prediction.doubles, limits, actual: actual)
    series.add(prediction.doubles, targets: actual, naive: naive, chunk)
    try addOtherMetrics(prediction, targets)
    if let y = chunk.columns["y"]?.tensor, chunk.columns["actual"] != nil {
      rounding.add(try model.unscaled(y.doubles, of: chunk), targets: actual)
    }
  }

  private mutating func addOtherMetrics(_ prediction: Tensor, _ targets: Tensor) throws {
    let others = metrics.filter { $0.error == nil }
    guard !others.isEmpty else { return }
    let totals =
      try otherMetrics
      ?? MetricTotals(others, outputWidth: prediction.rowWidth, targetWidth: targets.rowWidth)
    totals.add(output: prediction.floats, targets: targets.floats)
    otherMetrics = totals
  }

  // MARK: Results

  /// The names and values over all targets, then, if there are several, those of each: `mae.load`.
  var values: [(String, Double)] {
    guard let errors else { return [] }
    let others = otherMetrics?.values.map { ($0.name, $0.value) } ?? []
    return ownValues(errors) + scaledValues + others + modelValues(target: nil)
      + rivalValues(target: nil)
      + (0..<splitCount).flatMap { target in
        values(ofTarget: target).map { ("\($0.0).\(targets[target])", $0.1) }
      } + series.values
  }

  /// The table of the series with the largest errors; empty if there is only one.
  /// - Parameter number: formats a value.
  func seriesLines(number: (Double) -> String) -> [String] { series.lines(number: number) }

  /// The table of the model and the statistical methods, then that of the errors of each target if there are several.
  /// - Parameter number: formats a value.
  func lines(number: (Double) -> String) -> [String] {
    comparison(number) + targetTable(number)
  }

  private func comparison(_ number: (Double) -> String) -> [String] {
    guard let errors, !judge.rivals.isEmpty else { return [] }
    func cells(_ values: [Double]) -> [String] { values.map { $0.isNaN ? "-" : number($0) } }
    let own = [["model"] + cells([errors.mae, errors.mse, errors.rmse] + scaled(judge.model()))]
    let others = judge.rivals.enumerated().map { index, rival in
      let summary = judge.rival(index)
      return [rival.key] + cells(pooled(summary) + scaled(summary))
    }
    let names = ["forecast", "mae", "mse", "rmse"] + Self.scaledMetrics.map(\.key)
    return alignedLines([names] + own + others)
  }

  private func targetTable(_ number: (Double) -> String) -> [String] {
    guard splitCount > 0 else { return [] }
    let rows = (0..<splitCount).map { target in values(ofTarget: target) }
    // The table above has all methods and measures; here are those that a target's units matter for.
    let shown = Set(["naive_mae", "naive_mse", "seasonal_mae", "seasonal_mse"])
    let own = Set((errors.map(ownValues) ?? []).map(\.0))
    let names = rows[0].map(\.0).filter { own.contains($0) || shown.contains($0) }
    return alignedLines(
      [["target"] + names]
        + rows.enumerated().map { target, values in
          [targets[target]] + values.filter { names.contains($0.0) }.map { number($0.1) }
        })
  }

  /// The measures that are means over series.
  private static let scaledMetrics: [ForecastMetric] = [.smape, .mase, .rmsse]

  private func scaled(_ summary: ScoreSummary) -> [Double] {
    Self.scaledMetrics.map { summary.mean($0).value }
  }

  /// The measures of all values together.
  private func pooled(_ summary: ScoreSummary) -> [Double] {
    let all = summary.pooled
    return [ForecastMetric.mae, .mse, .rmse].map { all.value($0, ErrorScale([], season: 1)) }
  }

  /// How many targets have errors of their own: none if the outputs are not the targets' values.
  private var splitCount: Int {
    guard targets.count > 1, let errors, errors.width % targets.count == 0 else { return 0 }
    return targets.count
  }

  private func values(ofTarget target: Int) -> [(String, Double)] {
    guard let errors else { return [] }
    return ownValues(errors.of(target: target, among: targets.count)) + modelValues(target: target)
      + rivalValues(target: target)
  }

  /// The errors of scaled values, if there are several targets: those of the data may have different units.
  private var scaledValues: [(String, Double)] {
    guard let errors, splitCount > 0, !factors.isEmpty else { return [] }
    let parts = zip(factors, (0..<splitCount).map { errors.of(target: $0, among: splitCount) })
    let count = Double(splitCount)
    return [
      ("scaled_mae", parts.reduce(0) { $0 + $1.1.mae * abs($1.0) } / count),
      ("scaled_mse", parts.reduce(0) { $0 + $1.1.mse * $1.0 * $1.0 } / count),
    ]
  }

  private func ownValues(_ errors: ForecastErrors) -> [(String, Double)] {
    let standard = [("mae", errors.mae), ("mse", errors.mse), ("rmse", errors.rmse)]
    return standard + metrics.compactMap { metric in metric.error.map { (metric.name, errors[keyPath: $0]) } }
  }

  /// The model's measures that training doesn't have.
  private func modelValues(target: Int?) -> [(String, Double)] {
    let usual = Set(ForecastMetric.ofValues).subtracting(Self.scaledMetrics).map(\.key)
    // Without statistical methods, nothing is known of the rows before the windows.
    return judge.model(target: target).values.filter {
      !usual.contains($0.key) && !(judge.rivals.isEmpty && $0.value.isNaN)
    }.map { ($0.key, $0.value) }
  }

  private func rivalValues(target: Int?) -> [(String, Double)] {
    judge.rivals.enumerated().flatMap { index, rival in
      let summary = judge.rival(index, target: target)
      let prefix = rival == .seasonalNaive ? "seasonal" : rival.key
      let pooled = zip(["mae", "mse", "rmse"], pooled(summary)).map { ("\(prefix)_\($0)", $1) }
      let usual = Set(ForecastMetric.ofValues).subtracting(Self.scaledMetrics).map(\.key)
      return pooled
        + summary.values.filter { !usual.contains($0.key) }.map { ("\(prefix)_\($0.key)", $0.value) }
    }
  }

  /// What makes results less meaningful than they look.
  /// - Parameter number: formats a value.
  func warnings(number: (Double) -> String) -> [String] {
    guard let errors else { return [] }
    var warnings: [String] = []
    if metrics.contains(.meanAbsolutePercentageError), errors.zeros > 0 {
      let rest = errors.zeros < errors.count ? " (\(number(errors.mapeWithoutZeros)) without them)" : ""
      warnings.append(
        "\(errors.zeros) of \(errors.count) targets are zero, which makes mape meaningless\(rest)")
    }
    if !judge.rivals.isEmpty, rounding.count > 0, rounding.mae > pooled(judge.rival(0))[0] / 100 {
      warnings.append(
        "the model's inputs are in single precision, which rounds these values by "
          + "\(number(rounding.mae)) on average (use rnn-window --scale standard or minmax)")
    }
    if let warning = scaleWarning { warnings.append(warning) }
    return warnings
  }

  /// For series whose scaled errors are undefined.
  private var scaleWarning: String? {
    let mean = judge.model().mean(.mase)
    guard !judge.rivals.isEmpty, mean.undefined > 0 else { return nil }
    let reason =
      "the rows before the first window repeat themselves every \(counted(season, "row")), or are too few"
    return mean.value.isNaN
      ? "mase and rmsse are undefined: \(reason)"
      : "mase and rmsse are undefined for \(mean.undefined) series, which their means leave out: \(reason)"
  }
}

extension Metric {
  /// The error in double precision that is this metric; nil for metrics that are not errors of forecasts.
  fileprivate var error: KeyPath<ForecastErrors, Double>? {
    switch self {
    case .meanAbsoluteError: \.mae
    case .meanSquaredError: \.mse
    case .rootMeanSquaredError: \.rmse
    case .meanAbsolutePercentageError: \.mape
    case .r2Score: \.r2
    default: nil
    }
  }
}
