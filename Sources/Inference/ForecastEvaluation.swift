// The evaluation of forecasts in the units of the data: errors of the model and of naive forecasts, over all targets and
// for each, computed from doubles.

import Failures
import Forecasting
import Sequences
import Tensor
import TensorFile
import Training

/// The errors of a model of windows, accumulated over chunks.
struct ForecastEvaluation {
  private let model: LoadedModel
  private let targets: [String]
  private let metrics: [Metric]
  /// What each target is multiplied by in scaling; empty if the data are not scaled, or not all by the same.
  private let factors: [Double]
  private let naive: NaiveForecast?
  private let methods: [NaiveForecast.Method]
  /// The errors of the model, then those of the naive methods; empty before the first chunk.
  private var errors: [ForecastErrors] = []
  /// How far the values are rounded in single precision.
  private var rounding = ForecastErrors()
  /// The errors of each series, if there are several.
  private var series = SeriesEvaluation()
  /// Metrics that are not errors, such as accuracies.
  private var otherMetrics: MetricTotals?

  /// - Parameter metrics: the metrics beside mae, mse and rmse.
  init(_ window: WindowLayout, _ model: LoadedModel, metrics: [Metric]) throws {
    self.model = model
    targets = window.targets
    let scaler =
      model.scaler ?? Scaler.identity(window.inputs + window.targets.filter { !window.inputs.contains($0) })
    let transform = model.windows?.transform ?? .none
    let columns = try scaler.indices(of: window.targets)
    // Rows that are scaled by their own values have no errors in common units.
    let isCommon = scaler.kind != .none && scaler.scope == .all && transform.isIdentity
    factors = isCommon ? columns.map { scaler.factor[$0] } : []
    naive = try NaiveForecast(window, scaler: scaler, transform: transform)
    methods = naive?.methods(time: model.time) ?? []
    let standard: [Metric] = [.meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError]
    let further = metrics.filter { !standard.contains($0) }
    self.metrics = further.enumerated().filter { further.firstIndex(of: $0.element) == $0.offset }.map(
      \.element)
  }

  /// Adds a chunk's predictions and targets, both in the units of the data.
  mutating func add(_ prediction: Tensor, targets: Tensor, _ chunk: Chunk) throws {
    if errors.isEmpty {
      errors = [ForecastErrors](
        repeating: ForecastErrors(outputs: targets.rowWidth), count: 1 + methods.count)
    }
    let actual = targets.doubles
    errors[0].add(prediction.doubles, targets: actual)
    try addOtherMetrics(prediction, targets)
    guard let naive, chunk.columns["x"]?.tensor != nil else {
      return series.add(prediction.doubles, targets: actual, naive: nil, chunk)
    }
    for (number, method) in methods.enumerated() {
      let forecast = try naive.forecast(method, of: chunk)
      errors[1 + number].add(forecast, targets: actual)
      if number == 0 { series.add(prediction.doubles, targets: actual, naive: forecast, chunk) }
    }
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
    guard !errors.isEmpty else { return [] }
    let others = otherMetrics?.values.map { ($0.name, $0.value) } ?? []
    return ownValues(errors[0]) + scaledValues + others + naiveValues(errors.dropFirst())
      + (0..<splitCount).flatMap { target in
        values(ofTarget: target).map { ("\($0.0).\(targets[target])", $0.1) }
      } + series.values
  }

  /// The table of the series with the largest errors; empty if there is only one.
  /// - Parameter number: formats a value.
  func seriesLines(number: (Double) -> String) -> [String] { series.lines(number: number) }

  /// The table of the errors of each target; empty if there is only one.
  /// - Parameter number: formats a value.
  func lines(number: (Double) -> String) -> [String] {
    guard splitCount > 0 else { return [] }
    let rows = (0..<splitCount).map { target in
      [targets[target]] + values(ofTarget: target).map { number($0.1) }
    }
    return alignedLines([["target"] + values(ofTarget: 0).map(\.0)] + rows)
  }

  /// How many targets have errors of their own: none if the outputs are not the targets' values.
  private var splitCount: Int {
    guard targets.count > 1, let all = errors.first, all.width % targets.count == 0 else { return 0 }
    return targets.count
  }

  private func values(ofTarget target: Int) -> [(String, Double)] {
    let parts = errors.map { $0.of(target: target, among: targets.count) }
    return ownValues(parts[0]) + naiveValues(parts.dropFirst())
  }

  /// The errors of scaled values, if there are several targets: those of the data may have different units.
  private var scaledValues: [(String, Double)] {
    guard splitCount > 0, !factors.isEmpty else { return [] }
    let parts = zip(factors, (0..<splitCount).map { errors[0].of(target: $0, among: splitCount) })
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

  private func naiveValues(_ errors: ArraySlice<ForecastErrors>) -> [(String, Double)] {
    zip(methods, errors).flatMap { method, errors in
      [("\(method.key)_mae", errors.mae), ("\(method.key)_mse", errors.mse)]
    }
  }

  /// What makes results less meaningful than they look.
  /// - Parameter number: formats a value.
  func warnings(number: (Double) -> String) -> [String] {
    guard let own = errors.first else { return [] }
    var warnings: [String] = []
    if metrics.contains(.meanAbsolutePercentageError), own.zeros > 0 {
      let rest = own.zeros < own.count ? " (\(number(own.mapeWithoutZeros)) without them)" : ""
      warnings.append(
        "\(own.zeros) of \(own.count) targets are zero, which makes mape meaningless\(rest)")
    }
    if errors.count > 1, rounding.count > 0, rounding.mae > errors[1].mae / 100 {
      warnings.append(
        "the model's inputs are in single precision, which rounds these values by "
          + "\(number(rounding.mae)) on average: errors of naive forecasts are inexact "
          + "(use rnn-window --scale standard or minmax)")
    }
    return warnings
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
