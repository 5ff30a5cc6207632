// Windows of several series, or of one with what is known of its future, transformations, or a scaling of each window.

import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// The work of rnn-window on a panel.
struct PanelWindows {
  private let command: Window
  private let input: SeriesInput
  private let panel: SeriesPanel
  private let model: WindowModel?
  private let run: StageRun
  private let times: PanelTimes?

  init(_ command: Window, _ input: SeriesInput, _ panel: SeriesPanel, _ model: WindowModel?, _ run: StageRun)
    throws
  {
    (self.command, self.input, self.panel, self.model, self.run) = (command, input, panel, model, run)
    times = try PanelTimes(panel, gaps: command.policy(model), like: model?.time)
  }

  /// Fits what the windows have in common, and writes them.
  func cut() throws {
    let settings = try settings()
    try settings.check(panel)
    let record = try shard(settings)
    var windower = try windower(settings, record?.range)
    var header = input.header
    settings.write(into: &header)
    panel.writeForm(short: settings.panel?.short ?? .drop, into: &header)
    times?.column.write(into: &header)
    let out = try run.writer(command.output.path, header: header)
    try panel.forEach { try windower.add($0) { try out.write($0) } }
    try windower.finish { try out.write($0) }
    if record != nil, out.rowsWritten == 0 {
      try writeColumns(to: out, settings)
    } else {
      try windower.check()
    }
    try out.finish()
    report(windower, settings)
  }

  private func windower(_ settings: WindowSettings, _ wanted: Range<Int>? = nil) throws -> PanelWindower {
    try PanelWindower(
      settings, panel.schema, times: times, fill: input.form.fill, respectsParts: input.respectsParts,
      numbers: input.form.numbers, wanted: wanted)
  }

  /// The shard of the windows of all series, which are counted; nil for all windows.
  private func shard(_ settings: WindowSettings) throws -> ShardRecord? {
    guard let shard = command.sharding.shard else { return nil }
    var (counting, windows) = (try windower(settings), 0)
    try panel.forEach { windows += try counting.count($0) }
    let record = ShardRecord(shard, of: windows, .windows)
    run.takes(record)
    return record
  }

  /// Writes the columns of a shard without windows.
  /// - Throws: `Failure` (data) if there are no windows at all.
  private func writeColumns(to out: OutputStream, _ settings: WindowSettings) throws {
    var windower = try windower(settings)
    let write: (Chunk) throws -> Void = { try out.write($0.slice(0..<0)) }
    try panel.forEach { try windower.add($0, write) }
    try windower.finish(write)
    try windower.check()
  }

  private func settings() throws -> WindowSettings {
    if let model {
      let settings = model.settings.with(
        stride: command.stride ?? 1,
        weight: try command.windowColumns.weightColumn(among: panel.schema.columns))
      try settings.layout.checkWeight(known: settings.known.columns)
      return settings
    }
    let request = try request()
    try request.check(hasTimes: panel.schema.time != nil)
    return try WindowSettings(
      fitting: request, to: panel, times: times, fill: input.form.fill, respectsParts: input.respectsParts,
      numbers: input.form.numbers)
  }

  private func request() throws -> WindowRequest {
    let empty = try WindowLayout(
      length: command.length ?? 0, horizon: command.horizon ?? 1, stride: command.stride ?? 1,
      rate: command.rate ?? 1, ahead: command.ahead ?? 1, inputs: [], targets: [])
    let (layout, known) = try command.windowColumns.choose(
      empty, among: panel.schema.columns, isPanel: panel.column != nil)
    var request = WindowRequest(layout)
    (request.known, request.scale, request.short) = (
      known, command.scale ?? .none, command.shortOption.short ?? .drop
    )
    request.scope = command.scaling.scalePer ?? (panel.column == nil ? .all : .series)
    (request.transform, request.calendar) = try command.scaling.values()
    return request
  }

  // MARK: Reports

  private func report(_ windower: PanelWindower, _ settings: WindowSettings) {
    for note in windower.notes { run.note(note) }
    for warning in windower.warnings { run.warn(warning) }
    warnOfScaling(settings)
    command.warnOfRounding(windower.blurredColumns, settings.scaler, run)
    let summary = WindowSummary(windower, settings.layout, panel)
    run.result(summary.json, summary.text, stream: .error)
  }

  private func warnOfScaling(_ settings: WindowSettings) {
    let scaler = settings.scaler
    guard scaler.kind != .none, !panel.hasParts else { return }
    switch scaler.scope {
    case .window: return
    case .all:
      guard model == nil else { return }
      let subject = panel.column == nil ? "the series is" : "the series are"
      run.warn("\(subject) not split: the scaling was fitted on all \(counted(panel.rowCount, "row"))")
    case .series:
      run.warn("the series are not split: each is scaled by all its rows, those of its targets included")
    }
  }
}
