// All windows of several series, or of one with more than its own columns, as a model reads them, cut on the way to the
// model rather than by rnn-window. A column of labels (1 at anomalies, else 0) goes with the targets: it is read like a
// column that is known over the horizon, and separated again.

import Failures
import Tensor
import TensorFile

/// The windows of series, which can be read any number of times.
public struct PanelReading {
  /// The times of the series; nil if they have none.
  public var time: TimeColumn? { times?.column }
  /// Whether the series were split into parts.
  public var hasParts: Bool { panel.hasParts }
  private let panel: SeriesPanel
  private let settings: WindowSettings
  private let label: String?
  private let times: PanelTimes?
  private let form: CSVForm
  private let respectsParts: Bool

  /// - Parameters:
  ///   - settings: those of the model's windows; every row begins one.
  ///   - label: the column of labels; nil if there is none.
  ///   - form: how the file is written, and what replaces missing values.
  ///   - gaps: what to do about gaps in the times.
  ///   - model: the model's times, whose step the series must have.
  ///   - respectsParts: whether parts are stretches of time, which no line of filled values crosses.
  /// - Throws: `Failure` (data) if the series lack a column, or their times are out of order.
  public init(
    _ panel: SeriesPanel, _ settings: WindowSettings, label: String?, form: CSVForm, gaps: GapPolicy,
    like model: TimeColumn?, respectsParts: Bool
  ) throws {
    try settings.check(panel)
    (self.panel, self.label, self.form, self.respectsParts) = (panel, label, form, respectsParts)
    self.settings = settings.with(stride: 1, weight: nil).reading(label)
    times = try PanelTimes(panel, gaps: gaps, like: model)
  }

  /// What happened to the series.
  public struct Summary {
    /// The numbers of windows, and of those that were dropped.
    public let counts: WindowCounts
    /// What was done to the series.
    public let notes: [String]
    /// What the user should know.
    public let warnings: [String]
    /// What the series were scaled by, if each is scaled by itself.
    public let scales: SeriesScales
  }

  /// Calls `body` with every chunk of windows, whose columns are those of `PanelWindower`, and `label` U8 [rows, horizon]
  /// if there are labels.
  /// - Parameter scales: what series are scaled by, if each is scaled by itself; others by their values here.
  /// - Throws: `Failure` (data) if no series is long enough, or a label is neither 0 nor 1.
  @discardableResult
  public func forEach(scales: SeriesScales = SeriesScales(), _ body: (Chunk) throws -> Void) throws -> Summary
  {
    var windower = try PanelWindower(
      settings, panel.schema, times: times, fill: form.fill, respectsParts: respectsParts,
      numbers: form.numbers, scales: scales)
    try panel.forEach { try windower.add($0) { try body(withLabels($0)) } }
    try windower.finish { try body(withLabels($0)) }
    try windower.check()
    return Summary(
      counts: windower.counts, notes: windower.notes, warnings: windower.warnings, scales: windower.scales)
  }

  /// Separates the labels from what is known.
  private func withLabels(_ chunk: Chunk) throws -> Chunk {
    guard let label, let known = chunk.columns["known"]?.tensor else { return chunk }
    let (layout, width) = (settings.layout, settings.known.width)
    let (values, steps) = (known.floats, layout.length + layout.horizon)
    let place = settings.known.columns.count - 1
    var labels: [UInt8] = []
    for row in 0..<chunk.rows {
      for step in layout.length..<steps {
        let value = values[(row * steps + step) * width + place]
        guard value == 0 || value == 1 else {
          throw Failure.data("column \(label): the label \(value) is neither 0 nor 1")
        }
        labels.append(value == 1 ? 1 : 0)
      }
    }
    var columns = chunk.columns
    columns["label"] = .dense(Tensor(labels, shape: [chunk.rows, layout.horizon]))
    let kept = values.indices.filter { $0 % width != place }.map { values[$0] }
    columns["known"] =
      width == 1 ? nil : .dense(Tensor(kept, shape: [chunk.rows, steps, width - 1]))
    return Chunk(columns, rows: chunk.rows)
  }
}

extension WindowSettings {
  /// The settings with a further column that is known, as it is read; the last of the columns that are known.
  fileprivate func reading(_ column: String?) -> WindowSettings {
    guard let column else { return self }
    return WindowSettings(
      layout: layout, scaler: scaler, transform: transform,
      known: KnownColumns(
        columns: known.columns + [column], calendar: known.calendar,
        scaler: known.scaler.adding(unscaled: column)),
      statics: statics, panel: panel)
  }
}
