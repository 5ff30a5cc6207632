// Which columns of a file are inputs, targets, known over the horizon, or describe a series, as the options of rnn-window
// and rnn-backtest say.

import Failures
import Sequences

/// The columns of windows.
public struct WindowColumns {
  private let columns: [String]
  private let target: [String]
  private let weight: (name: String, option: String)?
  private let covariates: CovariateOptions

  /// - Parameters:
  ///   - columns: the inputs, as given; empty for all.
  ///   - target: the targets; empty for the usual ones.
  ///   - weight: the column with the weights of rows, and the option that names it; nil for none.
  public init(
    columns: [String], target: [String], weight: (name: String, option: String)?,
    _ covariates: CovariateOptions
  ) {
    (self.columns, self.target, self.weight, self.covariates) = (columns, target, weight, covariates)
  }

  /// The columns that are read from a CSV file; nil for all.
  public var chosen: ColumnList? {
    columns.isEmpty ? nil : ColumnList(columns + target + covariates.known + weights)
  }

  /// The column with the weights of rows, in a list.
  public var weights: [String] { [weight?.name].compactMap(\.self) }

  /// Completes how a CSV file is read.
  /// - Parameter statics: the columns that describe a series.
  public func apply(to options: inout SeriesCSVOptions, statics: ColumnList) {
    if columns.isEmpty, !target.isEmpty { options.required = ColumnList(target) }
    options.statics = statics
    // Rows without targets at the end are the future of what is known.
    if !covariates.known.isEmpty { options.keepsMissing = true }
  }

  /// The columns that are given, or all but those that are known over the horizon, and the weights of rows.
  public func inputs(among names: [String], known: [String] = []) throws -> [String] {
    guard columns.isEmpty else { return try ColumnList(columns).names(among: names) }
    let weight = try weightColumn(among: names)
    return names.filter { !known.contains($0) && $0 != weight }
  }

  /// The column with the weights of rows; nil if all count the same.
  public func weightColumn(among names: [String]) throws -> String? {
    guard let weight else { return nil }
    let found = try ColumnList([weight.name]).names(among: names)
    guard found.count == 1 else {
      throw Failure.usage("\(weight.name) is not one column", at: weight.option, remedy: "name one column")
    }
    return found[0]
  }

  /// The layout of the windows of several series, or of one with more than its own columns: the target of several is
  /// `y`, if there is such a column.
  /// - Parameters:
  ///   - empty: the numbers of the layout.
  ///   - names: the columns of the file.
  ///   - isPanel: whether it has several series.
  /// - Returns: the layout, and the columns that are known over the horizon.
  /// - Throws: `Failure` if a column is missing (data), or they contradict each other (usage).
  public func choose(_ empty: WindowLayout, among names: [String], isPanel: Bool) throws -> (
    layout: WindowLayout, known: [String]
  ) {
    let known = try ColumnList(covariates.known).names(among: names)
    var layout = empty
    layout.inputs = try inputs(among: names, known: known)
    guard !layout.inputs.isEmpty else {
      throw Failure.usage(
        "all columns are known over the horizon", at: "--known", remedy: "leave out those to forecast")
    }
    layout.targets = try ColumnList(target).names(among: names)
    if layout.targets.isEmpty {
      layout.targets = isPanel && columns.isEmpty && layout.inputs.contains("y") ? ["y"] : layout.inputs
    }
    if let both = layout.targets.first(where: known.contains) {
      throw Failure.usage(
        "column \(both) is a target, which is not known", at: "--known", remedy: "leave it out of --known")
    }
    layout.weight = try weightColumn(among: names)
    try layout.checkWeight(known: known, option: weight?.option ?? "")
    return (layout, known)
  }
}
