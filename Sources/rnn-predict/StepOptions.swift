// The options for how many steps are forecast, and for sample paths.

import ArgumentParser
import Inference
import Sequences
import Stage

/// The number of steps, and the sample paths of a model that predicts distributions.
struct StepOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Forecast so many steps (default: those that the model was trained for). Fewer are the first ones; for more, \
      forecasts become inputs.
      """, valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "The number of sample paths of a model that predicts distributions, such as deepar (default: 100).",
      valueName: "n"))
  var samples: Int?

  @Flag(help: "Write the sample paths too, as the column paths.")
  var paths = false

  /// The most paths of a row.
  private static let mostSamples = 10_000

  /// Rejects values out of range.
  func validate() throws {
    if let steps, !(1...WindowLayout.limit).contains(steps) {
      throw ValidationError("--steps \(steps) is not between 1 and \(WindowLayout.limit)")
    }
    if let samples, !(2...Self.mostSamples).contains(samples) {
      throw ValidationError("--samples \(samples) is not between 2 and \(Self.mostSamples)")
    }
  }

  /// The first option that is given for sample paths; nil if none is.
  var givenForPaths: String? { samples != nil ? "--samples" : paths ? "--paths" : nil }
  /// The first option that is given; nil if none is.
  var given: String? { steps != nil ? "--steps" : givenForPaths }
}
