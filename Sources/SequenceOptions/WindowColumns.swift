// Which columns of a file are inputs, targets, known over the horizon, or describe a series, as the options of rnn-window
// and rnn-backtest say.

import Failures
import Sequences

/// The columns of windows.
public struct WindowColumns {
  private let columns: [String]
  private let target: [String]
  private let covariates: CovariateOptions

  /// - Parameters:
  ///   - columns: the inputs, as given; empty for all.
  ///   - target: the targets; empty for the usual ones.
  public init(columns: [String], target: [String], _ covariates: CovariateOptions) {
    (self.columns, self.target, self.covariates) = (columns, target, covariates)
  }

  /// The columns that are read from a CSV file; nil for all.
  public var chosen: ColumnList? { columns.isEmpty ? nil : ColumnList(columns + target + covariates.known) }

  /// Completes how a CSV file is read.
  /// - Parameter statics: the columns that describe a series.
  public func apply(to options: inout SeriesCSVOptions, statics: ColumnList) {
    if columns.isEmpty, !target.isEmpty { options.required = ColumnList(target) }
    options.statics = statics
    // Rows without targets at the end are the future of what is known.
    if !covariates.known.isEmpty { options.keepsMissing = true }
  }

  /// The inputs are all columns that are not known over the horizon; the target of several series is `y`, if there is
  /// such a column.
  /// - Parameters:
  ///   - all: the columns of the file.
  ///   - isPanel: whether it has several series.
  /// - Throws: `Failure` if a column is missing (data), or they contradict each other (usage).
  public func choose(among all: [String], isPanel: Bool) throws -> (
    inputs: [String], targets: [String], known: [String]
  ) {
    let known = try ColumnList(covariates.known).names(among: all)
    let inputs =
      columns.isEmpty ? all.filter { !known.contains($0) } : try ColumnList(columns).names(among: all)
    guard !inputs.isEmpty else {
      throw Failure.usage(
        "all columns are known over the horizon", at: "--known", remedy: "leave out those to forecast")
    }
    var targets = try ColumnList(target).names(among: all)
    if targets.isEmpty {
      targets = isPanel && columns.isEmpty && inputs.contains("y") ? ["y"] : inputs
    }
    if let both = targets.first(where: known.contains) {
      throw Failure.usage(
        "column \(both) is a target, which is not known", at: "--known", remedy: "leave it out of --known")
    }
    return (inputs, targets, known)
  }
}
