// rnn-backtest: judges a model on a series as a forecaster would have used it, from many origins in the past, beside
// statistical methods.

import ArgumentParser
import Backtests
import Charts
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile
import Training
import TrainingOptions

/// The command `rnn-backtest`.
public struct Backtest: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-backtest",
    abstract: "Judge forecasts of series from many origins in their past.",
    discussion: """
      From each of the last N origins of a series, or of several in one file, a model forecasts the next steps, which \
      are compared with what came. The model is trained once, on the rows before the first origin, or with --refit anew for every origin, \
      on the rows before it. Scaling, held-out rows, weights and the filling of missing values come from rows \
      before the origin alone.

      Beside the model stand forecasts that need no training: naive (the last value), seasonal_naive (the value one \
      season earlier), drift (the line through the first and the last value), mean, and theta, the method that won \
      the M3 competition, with deseasonalization.

      The measures: mae = mean |y - f|, rmse = sqrt(mean (y - f)^2), mape = mean |y - f| / |y|, smape = mean \
      |y - f| / (|y| + |f|), and mase and rmsse, which divide mae and rmse by those of the seasonal naive forecast \
      on the rows before the first origin. docs/backtest.md has all formulas.

      Several series (unique_id, ds, y, or --series COLUMN) are forecast by one model, and measures are means over \
      the series. Their origins are at the same times, so that the model knows no later rows of any series.

      The tables are printed on standard output. -o writes the forecasts: a stream with the columns prediction, y, \
      time, cutoff and one for each method, or CSV with a line for each origin, step and target.

      The same seed and series give the same result for any number of threads, and when resumed.
      """,
    examples: [
      """
      rnn-backtest passengers.csv --time month --target passengers \\
          --length 24 --horizon 12 --origins 20 --preset lstm-forecaster
      """,
      """
      rnn-backtest ETTh1.csv --time date --columns OT --target OT \\
          --length 96 --horizon 24,96 --origins 100 --step 24 \\
          --layers "gru(32) dense(96)" --relative -o forecasts.csv
      """,
      """
      rnn-backtest sales.csv --target sales --length 28 --horizon 7 \\
          --origins 12 --step 7 --refit --layers "gru(16) dense(7)" \\
          --checkpoint state.tensors.zst --resume --plot backtest.png
      """,
      """
      rnn-backtest panel.csv --known promo --static kind --calendar weekday \\
          --length 28 --horizon 7 --origins 8 --step 7 --preset gru-forecaster
      """,
    ])

  @Argument(
    help: "A series, as a stream or a CSV file (default, or -: standard input).", completion: .file())
  var file: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write the forecasts: a stream, or by its ending .csv a table.", valueName: "file"), completion: .file()
  )
  var output: String?

  @Option(
    help: ArgumentHelp("Draw the forecasts and their errors (.png, .svg, .pdf).", valueName: "picture"),
    completion: .file(extensions: ["png", "svg", "pdf"]))
  var plot: String?

  @OptionGroup(title: "Origins") var origins: OriginOptions
  @OptionGroup(title: "Network") var model: ModelOptions
  @OptionGroup(title: "Training") var fitting: FittingOptions
  @OptionGroup(title: "Between epochs") var rules: CallbackRules
  @OptionGroup(title: "Random numbers") var seed: SeedOptions
  @OptionGroup(title: "CSV") var series: SeriesOptions
  @OptionGroup var gapOption: GapOption
  @OptionGroup var encoding: EncodingOption
  /// The options of every command.
  @OptionGroup(title: "Common") public var options: StageOptions

  /// For ArgumentParser.
  public init() {}

  /// Rejects options by which a model could know what comes after an origin, or that are not for series.
  public func validate() throws {
    if model.initialWeights != nil {
      throw ValidationError(
        "--init: weights from a file may have been trained on rows after an origin, and a backtest must not know them "
          + "(omit it)")
    }
    if fitting.validation != nil {
      throw ValidationError(
        "--validation: rows of a file may come after an origin, and a backtest must not know them (use "
          + "--validation-split, which holds out the last windows before the origin)")
    }
    if fitting.classWeight != nil {
      throw ValidationError("--class-weight is for classes, not for forecasts")
    }
    if fitting.groupByLength == true {
      throw ValidationError("--group-by-length is for texts, not for forecasts")
    }
  }

  /// Trains, forecasts from all origins, and prints the scores.
  public func perform(_ run: StageRun) throws {
    try checkOutputs(run)
    run.seed = seed.seed
    let network = try model.config.map { try NetworkFile($0, run) }
    let setup = TrainingSetup(model, fitting)
    _ = try setup.request(network)
    _ = try series.csvOptions(columns: nil)
    _ = try origins.scaling.values()
    _ = try origins.levels.map { try SeriesGroups.levels($0) }
    let name = inputName(file)
    do {
      let input = try BacktestInput(self, run)
      let training = try FoldTraining(setup, rules, network, seed: seed.seed)
      let plan = try input.plan(self, run)
      let backtest = try RollingBacktest(
        input.panel, training, plan, season: origins.season, hierarchy: input.hierarchy, sums: input.sums)
      try BacktestSession(self, run, backtest, training, data: input.hash).work()
    } catch let failure as Failure where failure.kind == .data { throw failure.placed(at: name) }
  }

  private func checkOutputs(_ run: StageRun) throws {
    if let output { try run.checkOutput(output, isBinary: !writesTable, holds: writesTable ? .csv : .stream) }
    if let plot {
      _ = try PictureFormat(path: plot)
      try run.checkOutput(plot, holds: .any)
    }
    if let path = origins.checkpoint {
      try run.checkOutput(path, isBinary: false)
      if origins.resume { try run.checkInput(path) }
    }
  }

  /// Whether the forecasts are written as CSV.
  var writesTable: Bool { output.map { $0.lowercased().hasSuffix(".csv") } ?? false }
}

extension ScaleKind: ExpressibleByArgument {}
