// The windows of --conformal, on which prediction intervals are calibrated.

import Failures
import Inference
import Stage
import TensorFile

/// A stream of windows for calibration.
struct Calibration {
  private let path: String
  private let command: Predict
  private let model: LoadedModel
  private let run: StageRun
  private let levels: [Double]

  private let span: ForecastSpan

  /// - Throws: `Failure` (usage) if the model doesn't forecast values or quantiles of a series, or not those of --level, or
  ///   if more steps are forecast than are calibrated.
  init(_ path: String, _ command: Predict, _ span: ForecastSpan, _ run: StageRun) throws {
    (self.path, self.command, self.span, self.run) = (path, command, span, run)
    model = span.trained
    guard model.window != nil, model.file.architecture.outputs.count == 1 else {
      throw Failure.usage("the model doesn't forecast a series", at: "--conformal", remedy: "omit it")
    }
    guard model.file.header.metadata["rnn.distribution"] == nil else {
      throw Failure.usage(
        "the model forecasts a distribution, with intervals of its own", at: "--conformal", remedy: "omit it")
    }
    if span.isBeyondTraining, let horizon = model.trainedHorizon {
      throw Failure.usage(
        "intervals are calibrated for \(counted(horizon, "step")) alone", at: "--conformal",
        remedy: "use at most \(horizon) --steps")
    }
    levels = try ConformalIntervals.levels(command.intervals.level?.values, of: model)
  }

  /// Runs the model on the windows; throws `Failure` (data) if they don't fit it or are too few.
  func intervals() throws -> ConformalIntervals {
    do {
      let input = try PreparedInput(stream: run.reader(path), named: path, model)
      guard !input.isFuture else {
        throw Failure.data(
          "is a series, not windows with targets",
          remedy: "cut it: rnn-window \(path) --like \(command.model)")
      }
      let intervals = try ConformalIntervals(
        model, input, levels: levels,
        PredictorOptions(batchSize: command.batchSize, threads: command.threads.count))
      run.note("intervals are calibrated on \(intervals.windows) windows")
      if intervals.holdsSeries, !intervals.hasRowScales {
        run.note(
          "all series have intervals of the same width, since they were not scaled each by itself (rnn-window --scale "
            + "standard)")
      }
      run.parameter("conformal_windows", intervals.windows)
      let values = span.model.window.map { $0.horizon * $0.targets.count }
      return values.map { intervals.cut($0) } ?? intervals
    } catch let failure as Failure where failure.kind == .data { throw failure.placed(at: path) }
  }
}
