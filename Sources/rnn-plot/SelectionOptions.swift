// The options of rnn-plot for what is shown.

import ArgumentParser
import Stage

/// The axes with a logarithmic scale.
enum LogAxes: String, ExpressibleByArgument, CaseIterable {
  case x, y, xy

  var hasX: Bool { self != .y }
  var hasY: Bool { self != .x }
}

/// Options for what is shown.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "forecast: show the first N samples, 0 for all (default: 100; with times, 500); gates: the first N tokens.",
      valueName: "n"))
  var samples: Int?

  @Option(
    help: ArgumentHelp(
      "forecast, residuals: show the predictions K steps ahead (default: 1).", valueName: "k"))
  var step: Int?

  @Option(
    help: ArgumentHelp(
      "window, attention, gates: show row N, counted from 0; forecast: show all steps of row N.",
      valueName: "n"))
  var row: Int?

  @Option(
    help: ArgumentHelp(
      "Show this column, target, class or gate (parallel: this parameter); can be repeated.",
      valueName: "name"))
  var column: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      forecast, backtest, series, residuals, calibration: show the series of this name, if there are several \
      (default: the first; calibration: all).
      """, valueName: "name"))
  var series: String?

  @Option(help: ArgumentHelp("curves: use a logarithmic scale for x, y or xy.", valueName: "axes"))
  var log: LogAxes?

  @Option(help: ArgumentHelp("curves: the label of the horizontal axis.", valueName: "text"))
  var xLabel: String?

  @Option(help: ArgumentHelp("curves: the label of the vertical axis.", valueName: "text"))
  var yLabel: String?

  @Option(
    help: ArgumentHelp(
      "metrics, parallel: the metric to compare (default: val_loss; of a sweep, its own).", valueName: "name"),
    completion: .metricName)
  var metric: String?

  @Option(
    help: ArgumentHelp("parallel: the runs with this tag; may be repeated.", valueName: "key=value"))
  var select: [Tag] = []

  @Flag(help: "parallel: small values of the metric are better (the default for losses and errors).")
  var min = false

  @Flag(help: "parallel: large values of the metric are better.")
  var max = false

  @Option(
    help: ArgumentHelp(
      "gates: show unit N, counted from 0 (default: the mean of all units).", valueName: "n"))
  var unit: Int?

  @Option(
    help: ArgumentHelp(
      "calibration: the number of bins of predicted probabilities (default: 10).", valueName: "n"))
  var bins: Int?

  /// Throws if a number is out of range or an option does not apply to `kind`.
  func validate(for kind: PlotKind) throws {
    try check(samples, "--samples", minimum: 0, kind == .forecast || kind == .gates)
    try check(step, "--step", minimum: 1, kind == .forecast || kind == .residuals)
    try check(unit, "--unit", minimum: 0, kind == .gates)
    try check(bins, "--bins", minimum: 2, kind == .calibration)
    if let bins, bins > 1000 { throw ValidationError("--bins \(bins) is more than 1000") }
    try check(row, "--row", minimum: 0, [.forecast, .window, .attention, .gates].contains(kind))
    if series != nil, ![.forecast, .backtest, .series, .residuals, .calibration].contains(kind) {
      throw ValidationError(
        "--series is an option of rnn-plot forecast, backtest, series, residuals and calibration")
    }
    if series != nil, row != nil { throw ValidationError("--series and --row can't be combined") }
    if metric != nil, kind != .metrics, kind != .parallel {
      throw ValidationError("--metric is an option of rnn-plot metrics and parallel")
    }
    if !select.isEmpty || min || max, kind != .parallel {
      throw ValidationError("--select, --min and --max are options of rnn-plot parallel")
    }
    if min, max { throw ValidationError("--min and --max can't be combined") }
    if log != nil || xLabel != nil || yLabel != nil, kind != .curves {
      throw ValidationError("--log, --x-label and --y-label are options of rnn-plot curves")
    }
    if step != nil, row != nil { throw ValidationError("--step and --row can't be combined") }
    if !column.isEmpty, [.history, .metrics, .confusion, .attention].contains(kind) {
      throw ValidationError("rnn-plot \(kind.rawValue) has no option --column")
    }
  }

  private func check(_ number: Int?, _ name: String, minimum: Int, _ applies: Bool) throws {
    guard let number else { return }
    guard applies else { throw ValidationError("\(name) does not apply to this kind of picture") }
    guard number >= minimum else { throw ValidationError("\(name) must be at least \(minimum)") }
  }
}
