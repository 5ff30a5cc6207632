// The options that say which columns are known of the future, and which describe a series.

import ArgumentParser
import Sequences

/// Columns that are more than the past of a series.
public struct CovariateOptions: ParsableArguments {
  /// `--known`: columns whose values are known over the horizon.
  @Option(
    help: ArgumentHelp(
      """
      The columns that are known over the horizon too, such as promotions and holidays: a,b,c. Rows at the end \
      without targets are the future.
      """, valueName: "columns"))
  public var known: [String] = []

  /// `--static`: columns that describe a series.
  @Option(
    name: .customLong("static"),
    help: ArgumentHelp(
      "CSV: the columns that describe a series, numbers or categories, the same in all its rows: a,b,c.",
      valueName: "columns"))
  public var statics: [String] = []

  /// For ArgumentParser.
  public init() {}
}
