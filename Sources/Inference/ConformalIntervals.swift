// Prediction intervals around a model's forecasts, calibrated on windows that it was not trained on.

import Failures
import Forecasting
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
public struct ConformalIntervals: Sendable {
  /// The levels in percent, ascending.
  public let levels: [Double]
  /// The number of windows that they are calibrated on.
  public let windows: Int
  private var halfWidths: [Double: [Double]]

  /// Calibrates intervals on the windows of a stream: those of its validation part, or all if it isn't split.
  /// - Parameters:
  ///   - input: the stream, prepared like the model's training data.
  ///   - levels: the levels in percent, ascending.
  ///   - options: how the model is run.
  /// - Throws: `Failure` (data) if there are too few windows for a level, or the rows don't fit the model.
  public init(
    _ model: LoadedModel, _ input: PreparedInput, levels: [Double], _ options: PredictorOptions
  ) throws {
    var errors: ConformalErrors?
    var predictor: Predictor?
    var rows = 0
    try input.forEach { chunk in
      let kept = try chunk.columns["split"] == nil ? chunk : chunk.rows(in: .validation)
      guard kept.rows > 0 else { return }
      let made = try predictor ?? Predictor(model, like: kept, options)
      predictor = made
      let result = try model.columns(of: made.predict(kept, firstRow: rows), kept)
      rows += kept.rows
      guard let forecasts = result.columns["prediction"]?.tensor, let actual = result.columns["y"]?.tensor,
        actual.shape == forecasts.shape
      else { throw Failure.data("there is no column y, by which intervals are calibrated") }
      var all = errors ?? ConformalErrors(width: forecasts.rowWidth)
      all.add(forecasts.doubles, actual: actual.doubles)
      errors = all
    }
    predictor?.close()
    guard let errors, rows > 0 else {
      throw Failure.data(
        "there are no windows to calibrate intervals on",
        remedy:
          "give a stream with a validation part, such as rnn-split --chronological 0.7,0.1,0.2 makes, or windows "
          + "of other rows")
    }
    self.levels = levels
    windows = errors.rows
    halfWidths = try Self.halfWidths(errors, levels)
  }

  private static func halfWidths(_ errors: ConformalErrors, _ levels: [Double]) throws -> [Double: [Double]] {
    var widths: [Double: [Double]] = [:]
    for level in levels {
      guard let found = errors.halfWidths(level) else {
        let fewest = ConformalErrors.fewest(level)
        throw Failure.data(
          "an interval of \(levelText(level)) % needs at least \(counted(fewest, "window")) to be calibrated on; there "
            + "are \(errors.rows)", remedy: "use more windows, or a smaller --level")
      }
      widths[level] = found
    }
    return widths
  }

  /// The intervals of the first `count` values of a row.
  public func cut(_ count: Int) -> ConformalIntervals {
    var result = self
    result.halfWidths = halfWidths.mapValues { Array($0.prefix(count)) }
    return result
  }

  /// The limits of the intervals around forecasts `[rows, horizon * targets]`, by level.
  public func limits(of forecasts: Tensor) -> [Double: (low: [Double], high: [Double])] {
    let values = forecasts.doubles
    return halfWidths.mapValues { widths in
      (
        low: values.enumerated().map { $1 - widths[$0 % widths.count] },
        high: values.enumerated().map { $1 + widths[$0 % widths.count] }
      )
    }
  }

  /// The limits as columns: `prediction-lo-80`, `prediction-hi-80`, and so on.
  public func columns(_ limits: [Double: (low: [Double], high: [Double])], like forecasts: Tensor) -> [String:
    Column]
  {
    limits.reduce(into: [:]) { columns, level in
      let name = levelText(level.key)
      columns["prediction-lo-\(name)"] = .dense(Tensor(level.value.low, shape: forecasts.shape))
      columns["prediction-hi-\(name)"] = .dense(Tensor(level.value.high, shape: forecasts.shape))
    }
  }
}
