// The option for gaps in the times of a series.

import ArgumentParser
import Sequences

/// `--gaps`.
public struct GapOption: ParsableArguments {
  /// What to do about gaps; nil for what was done in training, else to fail.
  @Option(
    help: """
      What to do about gaps in the times: fail, drop the windows that span them, fill them with rows whose values \
      --fill fills, or ignore them (default: as for the model, else error).
      """)
  public var gaps: GapPolicy?

  /// For ArgumentParser.
  public init() {}
}

extension GapPolicy: ExpressibleByArgument {}
