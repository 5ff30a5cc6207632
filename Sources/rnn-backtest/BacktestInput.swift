// The series that rnn-backtest reads, and their windows.

import Backtests
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// Series in memory; missing values are filled later, at each origin from the rows before it.
struct BacktestInput {
  let panel: BacktestPanel
  /// Sums of the targets of a single series that are judged too; nil for none.
  let hierarchy: Hierarchy?
  /// Sums of several series that are judged too; nil for none.
  let sums: SeriesSums?
  /// The hash of the input, which a resumed backtest must have; nil if it is not known.
  let hash: String?

  init(_ command: Backtest, _ run: StageRun) throws {
    let gaps = command.gapOption.gaps ?? .error
    let (read, statics, form, hash) = try Self.read(command, run)
    self.hash = hash
    if gaps == .fill, form.fill == nil {
      throw Failure.usage(
        "the missing rows need values", at: "--gaps fill",
        remedy: "add --fill previous or --fill linear, for example")
    }
    if read.hasParts { run.note("the series is split; a backtest divides it by its origins instead") }
    let request = try Self.request(command, read)
    let targets = request.layout.targets
    try Self.check(command, read, request)
    let isPanel = read.column != nil
    hierarchy =
      try isPanel
      ? nil
      : command.origins.hierarchy.map {
        try Hierarchy($0, sums: command.origins.sum, targets: targets, columns: read.schema.columns)
      }
    panel = try BacktestPanel(
      read, Self.request(request, hierarchy), statics: statics, gaps: gaps, form: form, hierarchy: hierarchy)
    for note in panel.notes { run.note(note) }
    for warning in panel.warnings { run.warn(warning) }
    sums =
      try !isPanel
      ? nil
      : command.origins.hierarchy.map { [panel] in
        try SeriesSums(
          $0, sums: command.origins.sum, levels: command.origins.levels.map(SeriesGroups.levels) ?? [], panel,
          groups: SeriesGroups(read))
      }
  }

  /// The origins, with what the user should know of them.
  func plan(_ command: Backtest, _ run: StageRun) throws -> OriginPlan {
    let origins = command.origins
    let plan = try OriginPlan(
      panel.series, panel.request, count: origins.origins, step: origins.step, cutoffs: origins.cutoffs)
    let advice = OriginAdvice(plan, panel, origins.cutoffs, step: origins.step)
    for note in advice.notes { run.note(note) }
    for warning in advice.warnings { run.warn(warning) }
    return plan
  }

  // MARK: Reading

  /// What is read from a file.
  /// - Returns: the series, the columns that describe them for the model, how they are written, and the input's hash.
  private static func read(_ command: Backtest, _ run: StageRun) throws -> (
    SeriesPanel, statics: [String], CSVForm, hash: String?
  ) {
    switch try OpenedInput(command.file, run) {
    case .stream(let reader, let name):
      try command.series.refuseForStream(named: name)
      try command.encoding.choice().refuseForStream(named: name)
      guard command.origins.covariates.statics.isEmpty else {
        throw Failure.usage(
          "\(name) is a tensor stream, not a CSV file", at: "--static", remedy: "use the option in rnn-split")
      }
      let panel = try panel(SeriesRead(reader))
      var form = try CSVForm(header: reader.header) ?? CSVForm()
      form.fill = command.series.fill ?? form.fill
      return (panel, panel.staticColumns, form, run.hash(of: reader))
    case .file(let source, let name):
      let columns = command.windowColumns
      var options = try command.series.csvOptions(columns: columns.chosen)
      columns.apply(to: &options, statics: try command.staticColumns)
      let text = try run.text(source, named: name, encoding: command.encoding.choice())
      let panel = try panel(SeriesRead(csv: text, named: name, options, run))
      let statics = try ColumnList(command.origins.covariates.statics).names(among: panel.staticColumns)
      return (panel, statics, options.form, run.hash(ofInput: command.file))
    }
  }

  private static func panel(_ read: SeriesRead) -> SeriesPanel {
    switch read {
    case .panel(let panel): panel
    case .single(let series): SeriesPanel(single: series)
    }
  }

  // MARK: Windows

  private static func request(_ command: Backtest, _ read: SeriesPanel) throws -> WindowRequest {
    let origins = command.origins
    let empty = try WindowLayout(
      length: origins.length, horizon: origins.horizon.longest, inputs: [], targets: [])
    let (layout, known) = try command.windowColumns.choose(
      empty, among: read.schema.columns, isPanel: read.column != nil)
    var request = WindowRequest(layout)
    (request.known, request.scale) = (known, origins.scale)
    request.scope = origins.scaling.scalePer ?? (read.column == nil ? .all : .series)
    request.short = origins.shortOption.short ?? .drop
    (request.transform, request.calendar) = try origins.scaling.values()
    try request.check(hasTimes: read.schema.time != nil)
    return request
  }

  /// From the top down, the total is forecast, from its own past too.
  private static func request(_ request: WindowRequest, _ hierarchy: Hierarchy?) -> WindowRequest {
    guard let hierarchy, hierarchy.method == .topDown else { return request }
    var request = request
    request.layout.inputs += [hierarchy.total]
    request.layout.targets = [hierarchy.total]
    return request
  }

  private static func check(_ command: Backtest, _ read: SeriesPanel, _ request: WindowRequest) throws {
    let origins = command.origins
    if read.column == nil {
      let given = [("--levels", origins.levels != nil), ("--cutoffs", origins.cutoffs != nil)]
      guard let option = given.first(where: \.1)?.0 else { return }
      throw Failure.usage(
        "there is only one series", at: option, remedy: "omit it, or name them with --series")
    }
    if origins.cutoffs == .time, read.schema.time == nil {
      throw Failure.usage(
        "the series have no times", at: "--cutoffs time", remedy: "omit it: origins are counted from each end"
      )
    }
    guard origins.hierarchy == .topDown else { return }
    let given = [
      ("--known", !request.known.isEmpty), ("--static", !origins.covariates.statics.isEmpty),
      ("--columns", Set(request.layout.inputs) != Set(request.layout.targets)),
    ]
    guard let option = given.first(where: \.1)?.0 else { return }
    throw Failure.usage(
      option == "--columns"
        ? "with --hierarchy top-down, the total is forecast from its own past, not from "
          + (request.layout.inputs.first { !request.layout.targets.contains($0) } ?? "")
        : "with --hierarchy top-down, the total is forecast, which has no such columns",
      at: option,
      remedy: option == "--columns"
        ? "use --columns \(request.layout.targets.joined(separator: ",")), or bottom-up" : "use bottom-up")
  }
}

extension Backtest {
  /// The inputs, targets and covariates.
  var windowColumns: WindowColumns {
    WindowColumns(
      columns: origins.columns, target: origins.target,
      weight: fitting.sampleWeight.map { ($0, "--sample-weight") }, origins.covariates)
  }

  /// The columns that describe series, for the model or for sums.
  fileprivate var staticColumns: ColumnList {
    get throws {
      let levels = try origins.levels.map { try SeriesGroups.levels($0).flatMap(\.self) } ?? []
      return ColumnList(origins.covariates.statics + levels.map(ColumnList.quoted))
    }
  }

  /// The options that determine the results, by name.
  var settings: [String: String] {
    [
      "origins": "\(origins.origins)", "step": "\(origins.step)", "refit": "\(origins.refit)",
      "length": "\(origins.length)", "horizon": "\(origins.horizon.longest)",
      "columns": origins.columns.joined(separator: ","), "target": origins.target.joined(separator: ","),
      "scale": origins.scale.rawValue, "scale_per": origins.scaling.scalePer?.rawValue ?? "default",
      "transform": origins.scaling.transform ?? "none", "calendar": origins.scaling.calendar ?? "none",
      "known": origins.covariates.known.joined(separator: ","),
      "static": origins.covariates.statics.joined(separator: ","),
      "short": origins.shortOption.short?.rawValue ?? "default",
      "cutoffs": origins.cutoffs?.rawValue ?? "default", "gaps": gapOption.gaps?.rawValue ?? "default",
      "hierarchy": origins.hierarchy?.rawValue ?? "none", "levels": origins.levels ?? "none",
      "sums": origins.sum.joined(separator: " "),
    ]
  }
}
