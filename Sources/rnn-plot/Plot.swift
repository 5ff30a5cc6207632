// rnn-plot: charts of forecasts, training, windows and data, as picture files or as text in a terminal.

import ArgumentParser
import Charts
import Failures
import JSON
import Stage

/// The command `rnn-plot`.
public struct Plot: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-plot",
    abstract: "Draw forecasts, training histories, windows and data.",
    discussion: """
      KIND is one of:
        forecast      predicted and actual values, or a forecast of the future
                      after its history (from rnn-predict)
        backtest      the forecasts from many origins, and their errors by step
                      and by origin (from rnn-backtest -o)
        history       loss and metrics by epoch (a CSV file of rnn-train, or a
                      run's id)
        window        one window and its targets, or a list of tokens (from
                      rnn-window, rnn-pad or rnn-split)
        metrics       one metric of several runs (their ids)
        parallel      parameters and a metric of runs, as lines across parallel
                      axes (their ids, a sweep's id, or --select)
        confusion     the confusion matrix (from rnn-predict)
        attention     what a translation attends to in its source
                      (from rnn-predict --attention)
        gates         what a recurrent layer adds to its memory, keeps and
                      outputs at each token (from rnn-predict --gates)
        roc, pr       ROC or precision-recall curves of a classifier, and the
                      areas under them (from rnn-predict, of labeled rows)
        calibration   predicted probabilities and observed frequencies, or
                      nominal and observed coverage of intervals
                      (from rnn-predict, of labeled rows or windows)
        residuals     the errors of a forecast or a regression: in time, their
                      autocorrelation and distribution (from rnn-predict)
        distribution  the lengths of a ragged column, or the values or classes
                      of a dense one (any stream)
        series        the columns of a series (from rnn-split or rnn-synth)
        curves        the columns of CSV files over the first (histories,
                      rnn-predict --gradients)

      FILE is a stream or a CSV file (default, or -: standard input). Pictures need gnuplot; without -o, the \
      chart is drawn as text on standard output. --format csv, or -o FILE.csv, writes the data that is drawn as a table.
      """,
    examples: [
      "rnn-predict model.tensors.zst data.tensors.zst | rnn-plot forecast -o forecast.png",
      "rnn-plot history history.csv -o history.svg",
      "rnn-plot history 7f3a91 --follow",
      "rnn-plot metrics --metric val_loss 7f3a91 c04d2e",
      "rnn-plot parallel k7f3m2xq --column units --column rate -o sweep.png",
      "rnn-predict model.tensors.zst reviews.tsv | rnn-plot roc -o roc.svg",
      "rnn-predict model.tensors.zst windows.tensors.zst | rnn-plot residuals --format csv",
      "rnn-plot curves lstm.csv gru.csv --column val_accuracy -o both.png",
    ])

  @Argument(help: ArgumentHelp("The kind of chart (see above).", valueName: "kind"))
  var kind: PlotKind

  @Argument(
    help: ArgumentHelp(
      "A stream or a CSV file (curves: one or more), or the ids of runs (history, metrics, parallel).",
      valueName: "file|run"),
    completion: .runOrFile)
  var inputs: [String] = []

  @OptionGroup(title: "Picture") var picture: PictureOptions
  @OptionGroup(title: "Selection") var selection: SelectionOptions
  @OptionGroup(title: "Following") var follow: FollowOptions
  @OptionGroup var encoding: EncodingOption
  /// The options of every command.
  @OptionGroup public var options: StageOptions

  /// What is drawn from the registry can have changed there.
  public var isRepeatable: Bool { ![.history, .metrics, .parallel].contains(kind) }

  /// For ArgumentParser.
  public init() {}

  /// Checks the options before any input is read.
  public func validate() throws {
    if inputs.count > 1, ![.metrics, .curves, .parallel].contains(kind) {
      throw ValidationError("\(kind.rawValue) takes one FILE")
    }
    if inputs.isEmpty, kind == .metrics { throw ValidationError("no runs to compare: give their ids") }
    if inputs.isEmpty, selection.select.isEmpty, kind == .parallel {
      throw ValidationError("no runs to compare: give their ids, that of a sweep, or --select key=value")
    }
    try picture.validateTogether()
    try selection.validate(for: kind)
    try follow.validate(for: kind, input: inputs.first, output: picture.output)
  }

  /// Reads the input and draws the chart.
  public func perform(_ run: StageRun) throws {
    run.parameter("kind", kind.rawValue)
    if follow.follow { return try HistoryFollower(self, input(run), run).follow() }
    switch try picture.form() {
    case .text: try draw(drawable(chart(run)), run)
    case .table: try write(chart(run, isTable: true), run)
    case .picture(let format):
      try run.checkOutput(picture.output, holds: .any)
      let chart = try drawable(chart(run))
      try run.write(
        picture: Gnuplot().picture(chart, format: format, size: picture.size?.size), to: picture.output)
      report(chart, format.rawValue, run)
    }
  }

  /// Writes the data of a chart as CSV.
  private func write(_ chart: Chart, _ run: StageRun) throws {
    try run.checkOutput(picture.output, isBinary: false, holds: .csv)
    let file = try run.file(picture.output)
    try ChartTable(chart).forEachLine { try file.write($0) }
    try file.finish()
    report(chart, "csv", run)
  }

  private func drawable(_ chart: Chart) throws -> Chart {
    do { return try chart.drawable() } catch { throw error.placed(at: inputName(inputs.first)) }
  }

  /// What was drawn, for programs.
  func report(_ chart: Chart, _ format: String, _ run: StageRun) {
    let output = picture.output.map(JSONValue.string) ?? .null
    var members: [String: JSONValue] = [
      "kind": .string(kind.rawValue), "format": .string(format), "output": output,
    ]
    if !chart.measures.isEmpty { members["measures"] = .object(chart.measures.mapValues(JSONValue.number)) }
    run.result(.object(members), "", stream: .error)
  }

  private func input(_ run: StageRun, isTable: Bool = false) throws -> PlotInput {
    PlotInput(
      run: run, path: inputs.first, selection: selection, encoding: try encoding.choice(),
      language: picture.language, isTable: isTable)
  }

  private func chart(_ run: StageRun, isTable: Bool = false) throws -> Chart {
    let input = try input(run, isTable: isTable)
    var chart: Chart
    switch kind {
    case .forecast: chart = try input.forecast()
    case .backtest: chart = try input.backtest()
    case .history: chart = try input.history(registry: options.registry)
    case .window: chart = try input.window()
    case .metrics: chart = try input.metrics(of: inputs, registry: options.registry)
    case .parallel: chart = try input.parallel(of: inputs, registry: options.registry)
    case .confusion: chart = try input.confusion()
    case .attention: chart = try input.attention()
    case .gates: chart = try input.gates()
    case .roc: chart = try input.roc()
    case .pr: chart = try input.precisionRecall()
    case .calibration: chart = try input.calibration()
    case .residuals: chart = try input.residuals()
    case .distribution: chart = try input.distribution()
    case .series: chart = try input.series()
    case .curves: chart = try input.curves(of: inputs)
    }
    if let title = picture.title { chart.title = title }
    return chart
  }

  func draw(_ chart: Chart, _ run: StageRun) throws {
    let file = try run.file(nil, isColored: true)
    try file.write(TextRenderer(.standardOutput).text(chart.mapTexts(printable)))
    try file.finish()
    report(chart, "text", run)
  }
}

/// The kinds of charts.
enum PlotKind: String, ExpressibleByArgument, CaseIterable {
  case forecast, backtest, history, window, metrics, parallel, confusion, attention, gates, roc, pr,
    calibration
  case residuals, distribution, series, curves
}
