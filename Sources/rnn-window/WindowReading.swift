// How rnn-window reads a series and cuts it, as the options say or as a model does.

import Failures
import Sequences

extension Window {
  /// How a CSV file is read.
  func csvOptions(_ model: WindowModel?) throws -> SeriesCSVOptions {
    let weights = [weight].compactMap(\.self)
    let chosen = columns.isEmpty ? nil : ColumnList(columns + target + covariates.known + weights)
    var options = try series.csvOptions(
      columns: model.map { ColumnList(exactly: $0.settings.columns + weights) } ?? chosen, like: model?.time,
      model?.form)
    if columns.isEmpty, !target.isEmpty { options.required = ColumnList(target) }
    options.statics =
      model.map { ColumnList(exactly: $0.settings.statics.columns) } ?? ColumnList(covariates.statics)
    if series.series == nil { options.sequences = model?.settings.sequences }
    // Rows without targets at the end are the future of what is known.
    if !covariates.known.isEmpty || !(model?.settings.known.columns.isEmpty ?? true) {
      options.keepsMissing = true
    }
    return options
  }

  /// The settings beyond layout and scaling.
  func extras() throws -> (transform: TargetTransform, calendar: [CalendarFeature]) {
    (
      try transform.map { try TargetTransform(parsing: $0) } ?? .none,
      try calendar.map { try CalendarFeature.list($0) } ?? []
    )
  }

  /// Whether windows are more than the scaled rows of one series.
  func isExtended(_ model: WindowModel?) throws -> Bool {
    if let model { return model.settings.isExtended }
    return try !covariates.known.isEmpty || calendar != nil || !extras().transform.isIdentity
      || scalePer == .window
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
    layout.weight = try weightColumn(among: series.columns)
    if model != nil { layout.stride = stride ?? 1 }
    try layout.checkWeight()
    return layout
  }

  private func newLayout(_ series: SeriesSchema) throws -> WindowLayout {
    let inputs = try inputs(among: series.columns)
    if reconstruct {
      return try .reconstruction(length: length ?? 0, stride: stride ?? 1, rate: rate ?? 1, of: inputs)
    }
    return try WindowLayout(
      length: length ?? 0, horizon: horizon ?? 1, stride: stride ?? 1, rate: rate ?? 1, ahead: ahead ?? 1,
      inputs: inputs, targets: target.isEmpty ? inputs : ColumnList(target).names(among: series.columns))
  }

  /// The columns that are given, or all but those that are known over the horizon, and the weights of rows.
  func inputs(among names: [String], known: [String] = []) throws -> [String] {
    guard columns.isEmpty else { return try ColumnList(columns).names(among: names) }
    let weight = try weightColumn(among: names)
    return names.filter { !known.contains($0) && $0 != weight }
  }

  /// The column of `--weight`; nil without the option.
  func weightColumn(among names: [String]) throws -> String? {
    guard let weight else { return nil }
    let found = try ColumnList([weight]).names(among: names)
    guard found.count == 1 else {
      throw Failure.usage("\(weight) is not one column", at: "--weight", remedy: "name one column")
    }
    return found[0]
  }
}
