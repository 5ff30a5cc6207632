// The series that rnn-backtest reads, and its windows.

import Backtests
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// A series in memory; missing values are filled later, at each origin from the rows before it.
struct BacktestInput {
  let series: BacktestSeries
  let layout: WindowLayout
  /// Sums of the targets that are judged too; nil for none.
  let hierarchy: Hierarchy?
  /// The hash of the input, which a resumed backtest must have; nil if it is not known.
  let hash: String?

  init(_ command: Backtest, _ run: StageRun) throws {
    let origins = command.origins
    let gaps = command.gapOption.gaps ?? .error
    var (read, form): (RereadableSeries, CSVForm)
    switch try OpenedInput(command.file, run) {
    case .stream(let reader, let name):
      try command.series.refuseForStream(named: name)
      try command.encoding.choice().refuseForStream(named: name)
      read = try Self.single(SeriesRead(reader))
      form = try CSVForm(header: reader.header) ?? CSVForm()
      form.fill = command.series.fill ?? form.fill
      hash = run.hash(of: reader)
      if read.hasParts { run.note("the series is split; a backtest divides it by its origins instead") }
    case .file(let source, let name):
      let options = try Self.options(command)
      form = options.form
      let text = try run.text(source, named: name, encoding: command.encoding.choice())
      read = try Self.single(SeriesRead(csv: text, named: name, options, run))
      hash = run.hash(ofInput: command.file)
    }
    if gaps == .fill, form.fill == nil {
      throw Failure.usage(
        "the missing rows need values", at: "--gaps fill",
        remedy: "add --fill previous or --fill linear, for example")
    }
    let (complete, inserted) = try read.insertingMissingRows(gaps: gaps, like: nil)
    if inserted > 0 { run.note("inserted \(inserted) missing row\(inserted == 1 ? "" : "s")") }
    let known = complete.schema.columns
    let weight = try command.fitting.sampleWeight.map { try ColumnList([$0]).names(among: known)[0] }
    let inputs =
      origins.columns.isEmpty
      ? known.filter { $0 != weight } : try ColumnList(origins.columns).names(among: known)
    let targets = origins.target.isEmpty ? inputs : try ColumnList(origins.target).names(among: known)
    let sums = try origins.hierarchy.map {
      try Hierarchy($0, sums: origins.sum, targets: targets, columns: known)
    }
    var whole = try WindowLayout(
      length: origins.length, horizon: origins.horizon.longest, inputs: inputs, targets: targets)
    whole.weight = weight
    guard weight.map({ !whole.columns.contains($0) }) ?? true else {
      throw Failure.usage(
        "the column \(weight ?? "") is an input or a target, not the weight of rows", at: "--sample-weight",
        remedy: "name another column")
    }
    series = try BacktestSeries(
      complete, columns: whole.columns + [weight].compactMap(\.self), fill: form.fill, gaps: gaps,
      hierarchy: sums)
    (hierarchy, layout) = (sums, Self.layout(whole, sums))
  }

  private static func single(_ read: SeriesRead) throws(Failure) -> RereadableSeries {
    guard case .single(let series) = read else {
      throw Failure.data(
        "holds several series; a backtest takes one",
        remedy: "keep the rows of one, or compare windows of all with rnn-predict --evaluate")
    }
    return series
  }

  /// From the top down, the total is forecast, from its own past too.
  private static func layout(_ whole: WindowLayout, _ hierarchy: Hierarchy?) -> WindowLayout {
    guard let hierarchy, hierarchy.method == .topDown else { return whole }
    var layout = whole
    (layout.inputs, layout.targets) = (layout.inputs + [hierarchy.total], [hierarchy.total])
    return layout
  }

  private static func options(_ command: Backtest) throws -> SeriesCSVOptions {
    let origins = command.origins
    let weights = [command.fitting.sampleWeight].compactMap(\.self)
    let chosen = origins.columns.isEmpty ? nil : ColumnList(origins.columns + origins.target + weights)
    var options = try command.series.csvOptions(columns: chosen)
    options.takesSeveralSeries = false
    if origins.columns.isEmpty, !origins.target.isEmpty { options.required = ColumnList(origins.target) }
    return options
  }
}
