// The option for series that are too short for a window.

import ArgumentParser
import Sequences

/// `--short`.
public struct ShortOption: ParsableArguments {
  /// What to do with short series; nil for what was done in training, else to leave them out.
  @Option(
    help: ArgumentHelp(
      "Series too short for a window: drop them, or pad them with their first row (default: as for the model, else drop).",
      valueName: "policy"))
  public var short: ShortSeriesPolicy?

  /// For ArgumentParser.
  public init() {}
}

extension ShortSeriesPolicy: ExpressibleByArgument {}
