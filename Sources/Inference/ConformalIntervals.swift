// Prediction intervals around a model's forecasts, calibrated on windows that it was not trained on.

import Failures
import Forecasting
import Sequences
import Tensor
import TensorFile

extension Prediction.Output {
  /// The limits of the intervals that the model forecasts, by level in percent; empty if it forecasts none.
  public var intervals: [Double: (low: [Double], high: [Double])] {
    IntervalColumns(Set(limits.keys)).levels.reduce(into: [:]) { intervals, level in
      let name = levelText(level)
      guard let low = limits["prediction-lo-\(name)"], let high = limits["prediction-hi-\(name)"] else {
        return
      }
      intervals[level] = (low.doubles, high.doubles)
    }
  }
}

extension LoadedModel {
  /// The levels in percent of the intervals that the model forecasts, ascending.
  public var levels: [Double] { (quantiles?.intervals ?? []).compactMap { Double($0.text) }.sorted() }
}

/// Intervals of given levels, for each step ahead and target.
///
/// Where each series or window has a scale of its own, errors are measured in it, |u(y) - u(f)| with u(v) = T(v) * factor,
/// T being log1p or Box-Cox, if values were transformed; so series of different sizes are calibrated together, and each
/// has intervals of its own size.
public struct ConformalIntervals: Sendable {
  /// The levels in percent, ascending.
  public let levels: [Double]
  /// The number of windows that they are calibrated on.
  public let windows: Int
  /// Whether each series or window has a scale of its own.
  public var hasRowScales: Bool { units?.hasRowScales ?? false }
  /// Whether the windows for calibration are of several series.
  public let holdsSeries: Bool
  private let units: WindowUnits?
  private var widenings: [Double: [Double]]

  /// Calibrates intervals on the windows of a stream: those of its validation part, or all if it isn't split.
  /// - Parameters:
  ///   - input: the stream, prepared like the model's training data.
  ///   - levels: the levels in percent, ascending; of a model that forecasts intervals, some of its own.
  ///   - options: how the model is run.
  /// - Throws: `Failure` (data) if there are too few windows for a level, or the rows don't fit the model.
  public init(
    _ model: LoadedModel, _ input: PreparedInput, levels: [Double], _ options: PredictorOptions
  ) throws {
    let units = model.windows.map { WindowUnits($0.layout, scaler: $0.scaler, transform: $0.transform) }
    var errors: [Double: ConformalErrors] = [:]
    var predictor: Predictor?
    var (rows, names) = (0, false)
    try input.forEach { chunk in
      let kept = try chunk.columns["split"] == nil ? chunk : chunk.rows(in: .validation)
      guard kept.rows > 0 else { return }
      let made = try predictor ?? Predictor(model, like: kept, options)
      predictor = made
      let prediction = try made.predict(kept, firstRow: rows)
      rows += kept.rows
      names = names || kept.columns["id"] != nil
      try Self.add(
        prediction.outputs[0], try model.columns(of: prediction, kept), levels, units, kept, &errors)
    }
    predictor?.close()
    guard let first = errors.values.first, rows > 0 else {
      throw Failure.data(
        "there are no windows to calibrate intervals on",
        remedy:
          "give a stream with a validation part, such as rnn-split --chronological 0.7,0.1,0.2 makes, or windows "
          + "of other rows")
    }
    (self.levels, self.units, windows, holdsSeries) = (levels, units, first.rows, names)
    widenings = try Self.widenings(errors, levels)
  }

  /// The levels to calibrate: of a model that forecasts intervals, its own.
  /// - Parameter asked: those that the user named; nil for the usual ones.
  /// - Throws: `Failure` (usage) if the model doesn't forecast one of them.
  public static func levels(_ asked: [Double]?, of model: LoadedModel) throws(Failure) -> [Double] {
    guard model.quantiles != nil else { return asked ?? usualLevels }
    let own = model.levels
    guard !own.isEmpty else {
      throw Failure.usage(
        "the model forecasts the median alone", at: "--conformal",
        remedy: "train it with --quantiles 0.1,0.5,0.9, or without")
    }
    if let other = asked?.first(where: { !own.contains($0) }) {
      throw Failure.usage(
        "the model forecasts no interval of \(levelText(other)) %", at: "--level",
        remedy: "use --level \(own.map(levelText).joined(separator: ",")), or omit it")
    }
    return asked ?? own
  }

  private static let usualLevels: [Double] = [80, 95]

  /// Adds the errors of some windows.
  private static func add(
    _ output: Prediction.Output, _ result: Chunk, _ levels: [Double], _ units: WindowUnits?, _ chunk: Chunk,
    _ errors: inout [Double: ConformalErrors]
  ) throws {
    func scaled(_ values: [Double]) throws -> [Double] { try units?.comparable(values, of: chunk) ?? values }
    guard let y = result.columns["y"]?.tensor, y.shape == output.values.shape else {
      throw Failure.data("there is no column y, by which intervals are calibrated")
    }
    let (actual, forecasts) = (try scaled(y.doubles), try scaled(output.values.doubles))
    let own = output.intervals
    for level in levels {
      var all = errors[level] ?? ConformalErrors(width: y.rowWidth)
      if own.isEmpty {
        all.add(forecasts, actual: actual)
      } else if let interval = own[level] {
        all.add(low: try scaled(interval.low), high: try scaled(interval.high), actual: actual)
      }
      errors[level] = all
    }
  }

  private static func widenings(
    _ errors: [Double: ConformalErrors], _ levels: [Double]
  ) throws -> [Double: [Double]] {
    var widths: [Double: [Double]] = [:]
    for level in levels {
      guard let all = errors[level], let found = all.halfWidths(level) else {
        let fewest = ConformalErrors.fewest(level)
        throw Failure.data(
          "an interval of \(levelText(level)) % needs at least \(counted(fewest, "window")) to be calibrated on; there "
            + "are \(errors[level]?.rows ?? 0)", remedy: "use more windows, or a smaller --level")
      }
      widths[level] = found
    }
    return widths
  }

  /// The intervals of the first `count` values of a row.
  public func cut(_ count: Int) -> ConformalIntervals {
    var result = self
    result.widenings = widenings.mapValues { Array($0.prefix(count)) }
    return result
  }

  /// The limits of the intervals around forecasts `[rows, horizon * targets]`, by level. The intervals of a model that
  /// forecasts some itself are widened, or narrowed, but contain its median.
  /// - Parameter chunk: the windows that were forecast.
  public func limits(of output: Prediction.Output, _ chunk: Chunk) throws -> [Double: (
    low: [Double], high: [Double]
  )] {
    let values = output.values.doubles
    func scaled(_ values: [Double]) throws -> [Double] { try units?.comparable(values, of: chunk) ?? values }
    func restored(_ values: [Double]) throws -> [Double] { try units?.restored(values, of: chunk) ?? values }
    let own = output.intervals
    return try widenings.reduce(into: [:]) { limits, level in
      let widths = level.value
      let low = try scaled(own[level.key]?.low ?? values).enumerated().map { $1 - widths[$0 % widths.count] }
      let high = try scaled(own[level.key]?.high ?? values).enumerated().map {
        $1 + widths[$0 % widths.count]
      }
      limits[level.key] = (
        low: zip(try restored(low), values).map { min($0, $1) },
        high: zip(try restored(high), values).map { max($0, $1) }
      )
    }
  }

  /// The columns of predictions with these limits: `prediction-lo-80`, `prediction-hi-80`, and so on.
  public func columns(
    _ limits: [Double: (low: [Double], high: [Double])], of predictions: [String: Column],
    like forecasts: Tensor
  ) -> [String: Column] {
    let others = predictions.filter {
      !$0.key.hasPrefix("prediction-lo-") && !$0.key.hasPrefix("prediction-hi-")
    }
    return limits.reduce(into: others) { columns, level in
      let name = levelText(level.key)
      columns["prediction-lo-\(name)"] = .dense(Tensor(level.value.low, shape: forecasts.shape))
      columns["prediction-hi-\(name)"] = .dense(Tensor(level.value.high, shape: forecasts.shape))
    }
  }
}
