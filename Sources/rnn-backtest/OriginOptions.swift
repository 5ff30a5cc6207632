// The options for the origins of a backtest and the windows of its model.

import ArgumentParser
import Backtests
import SequenceOptions
import Sequences
import Spelling

/// Where forecasts begin, and what they are made from.
struct OriginOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Input steps that the model reads.", valueName: "steps"))
  var length: Int

  @Option(
    help: ArgumentHelp(
      "Steps to forecast; several, such as 6,12,24, are measured apart, by one model for the last (default: 1).",
      valueName: "steps"))
  var horizon: Horizons = Horizons(steps: [1])

  @Option(help: ArgumentHelp("The number of origins.", valueName: "n"))
  var origins = 10

  @Option(help: ArgumentHelp("Rows from one origin to the next.", valueName: "rows"))
  var step = 1

  @Flag(help: "Train a model for every origin instead of one for all.")
  var refit = false

  @Option(
    help: """
      Count the origins of several series by time, the same for all, or from the end of each series (default: time, if \
      there are times).
      """)
  var cutoffs: OriginPlan.Cutoffs?

  @Option(
    help: ArgumentHelp(
      "The columns to forecast: a,b,c (default: the inputs; of several series y, if there is such a column).",
      valueName: "columns"))
  var target: [String] = []

  @Option(
    help: ArgumentHelp(#"The input columns: a,b,"name, with comma" (default: all)."#, valueName: "columns"))
  var columns: [String] = []

  @Option(help: "How inputs and targets are scaled, fitted on the rows before the origin.")
  var scale = ScaleKind.standard

  @OptionGroup var scaling: ScalingOptions
  @OptionGroup var covariates: CovariateOptions
  @OptionGroup var shortOption: ShortOption

  @Option(
    help: """
      Judge sums of the series too, or of the targets of a single one, at least their total: the model forecasts the \
      parts, whose forecasts are added up (bottom-up), or the total, which is divided by their shares in the past \
      (top-down).
      """)
  var hierarchy: Hierarchy.Method?

  @Option(
    help: ArgumentHelp(
      """
      With --hierarchy, sums of the series with the same values in these columns, such as country,country/region.
      """, valueName: "columns"))
  var levels: String?

  @Option(
    help: ArgumentHelp(
      "With --hierarchy, a further sum of series or targets, such as north=a,b; may be repeated.",
      valueName: "name=columns"))
  var sum: [String] = []

  @Option(
    help: ArgumentHelp(
      "The rows in a season, for seasonal_naive, theta and mase (default: by the times: 24 for hours, 12 for months).",
      valueName: "rows"))
  var season: Int?

  @Option(
    help: ArgumentHelp(
      "Save the state in this file: after every epoch, or with --refit after every origin.", valueName: "file"
    ),
    completion: .file())
  var checkpoint: String?

  @Flag(help: "Resume from the file given by --checkpoint.")
  var resume = false

  func validate() throws {
    for (name, number) in [("--origins", origins), ("--step", step)]
    where !(1...WindowLayout.limit).contains(number) {
      throw ValidationError("\(name) \(number) is not between 1 and \(WindowLayout.limit)")
    }
    if let season, !(1...WindowLayout.limit).contains(season) {
      throw ValidationError("--season \(season) is not between 1 and \(WindowLayout.limit)")
    }
    if !sum.isEmpty, hierarchy == nil { throw ValidationError("--sum needs --hierarchy") }
    if levels != nil, hierarchy == nil { throw ValidationError("--levels needs --hierarchy") }
    if scaling.scalePer != nil, scale == .none {
      throw ValidationError("--scale-per needs --scale standard, minmax or robust")
    }
    if let problem = horizon.problem { throw ValidationError(problem) }
    if resume, checkpoint == nil { throw ValidationError("--resume needs --checkpoint FILE") }
  }
}

extension Hierarchy.Method: ExpressibleByArgument {}
extension OriginPlan.Cutoffs: ExpressibleByArgument {}

/// One or several horizons on the command line: `12`, `6,12,24`.
struct Horizons: ExpressibleByArgument {
  /// The last steps, ascending.
  let steps: [Int]

  init(steps: [Int]) { self.steps = steps }

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      Int($0.filter { $0 != " " })
    }
    guard !numbers.contains(nil) else { return nil }
    steps = numbers.compactMap(\.self)
  }

  var defaultValueDescription: String { steps.map(String.init).joined(separator: ",") }

  /// The horizon of the model.
  var longest: Int { steps.last ?? 1 }

  /// What is wrong with them; nil if nothing is.
  var problem: String? {
    if let number = steps.first(where: { !(1...WindowLayout.limit).contains($0) }) {
      return "--horizon \(number) is not between 1 and \(WindowLayout.limit)"
    }
    let ascend = zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }
    return ascend ? nil : "--horizon \(defaultValueDescription): the horizons must ascend"
  }
}
