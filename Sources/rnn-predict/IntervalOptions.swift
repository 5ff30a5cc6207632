// The options for prediction intervals, and for what forecasts are compared with.

import ArgumentParser
import Failures
import Sequences
import Stage

/// Prediction intervals, and the season.
struct IntervalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Add intervals to forecasts, calibrated on windows that training didn't see: the validation part of this \
      stream, or all its rows if it isn't split.
      """, valueName: "file"), completion: .file())
  var conformal: String?

  @Option(
    help: ArgumentHelp(
      "The levels of the intervals in percent (default: 80,95, or those that the model forecasts).",
      valueName: "levels"),
    completion: .list(["80,95", "90", "95"]))
  var level: Levels?

  @Option(
    help: ArgumentHelp(
      "The steps in a season, for the methods that forecasts are compared with (default: by the times).",
      valueName: "steps"))
  var season: Int?

  func validate() throws {
    if let problem = level?.problem { throw ValidationError(problem) }
    if let season, !(1...WindowLayout.limit).contains(season) {
      throw ValidationError("--season \(season) is not between 1 and \(WindowLayout.limit)")
    }
  }
}

/// Levels on the command line: `80,95`.
struct Levels: ExpressibleByArgument {
  /// In percent.
  let values: [Double]
  private let text: String

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.filter { $0 != " " })
    }
    guard !numbers.contains(nil) else { return nil }
    (values, text) = (numbers.compactMap(\.self), argument)
  }

  /// What is wrong with them; nil if nothing is.
  var problem: String? {
    if let bad = values.first(where: { !($0 >= 1 && $0 < 100) }) {
      let advice = bad > 0 && bad < 1 ? " (levels are in percent: 80)" : ""
      return "--level \(text): \(NumberText.significant(bad)) is not at least 1 and below 100\(advice)"
    }
    let ascend = zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
    return ascend ? nil : "--level \(text): the levels must ascend"
  }
}
