// How rnn-window reads a series and cuts it, as the options say or as a model does.

import Failures
import SequenceOptions
import Sequences

extension Window {
  /// How a CSV file is read.
  func csvOptions(_ model: WindowModel?) throws -> SeriesCSVOptions {
    var options = try series.csvOptions(
      columns: model.map { ColumnList(exactly: $0.settings.columns + windowColumns.weights) }
        ?? windowColumns.chosen,
      like: model?.time, model?.form)
    windowColumns.apply(
      to: &options,
      statics: model.map { ColumnList(exactly: $0.settings.statics.columns) }
        ?? ColumnList(covariates.statics))
    if series.series == nil { options.sequences = model?.settings.sequences }
    if let known = model?.settings.known.columns, !known.isEmpty { options.keepsMissing = true }
    return options
  }

  /// The inputs, targets and covariates.
  var windowColumns: WindowColumns {
    WindowColumns(
      columns: columns, target: target, weight: weight.map { ($0, "--weight") }, covariates)
  }

  /// Whether windows are more than the scaled rows of one series.
  func isExtended(_ model: WindowModel?) throws -> Bool {
    if let model { return model.settings.isExtended }
    return try !covariates.known.isEmpty || scaling.calendar != nil || !scaling.values().transform.isIdentity
      || scaling.scalePer == .window
  }

  /// Throws `Failure` (usage) if an option is only for CSV files.
  func refuseForStream(named name: String) throws {
    try series.refuseForStream(named: name)
    guard !covariates.statics.isEmpty else { return }
    throw Failure.usage(
      "\(name) is a tensor stream, not a CSV file", at: "--static", remedy: "use the option in rnn-split")
  }

  /// Which rows of a single series are inputs and targets.
  func layout(_ model: WindowModel?, _ series: SeriesSchema) throws -> WindowLayout {
    var layout = try model?.layout ?? newLayout(series)
    layout.weight = try windowColumns.weightColumn(among: series.columns)
    if model != nil { layout.stride = stride ?? 1 }
    try layout.checkWeight()
    return layout
  }

  private func newLayout(_ series: SeriesSchema) throws -> WindowLayout {
    let inputs = try windowColumns.inputs(among: series.columns)
    if reconstruct {
      return try .reconstruction(length: length ?? 0, stride: stride ?? 1, rate: rate ?? 1, of: inputs)
    }
    return try WindowLayout(
      length: length ?? 0, horizon: horizon ?? 1, stride: stride ?? 1, rate: rate ?? 1, ahead: ahead ?? 1,
      inputs: inputs, targets: target.isEmpty ? inputs : ColumnList(target).names(among: series.columns))
  }
}
