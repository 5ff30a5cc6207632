// All windows of a series as a model reads them, cut on the way to the model rather than by rnn-window. A column of labels
// (1 at anomalies, else 0) goes with the targets.

import Failures
import Tensor
import TensorFile

/// The windows of a series, which can be read any number of times.
public struct SeriesWindows {
  /// The times of the series; nil if it has none.
  public let time: TimeColumn?
  /// What replaced missing values and rows.
  public private(set) var notes: [String] = []
  /// Warnings about the missing values.
  public let warnings: [String]
  /// Whether the series was split into parts.
  public var hasParts: Bool { series.hasParts }

  private let series: RereadableSeries
  private let layout: WindowLayout
  private let scaler: Scaler
  private let label: String?
  private let times: SeriesTimes?

  /// - Parameters:
  ///   - layout: the model's windows; every row begins one.
  ///   - scaler: the model's scaling.
  ///   - label: the column of labels; nil if there is none.
  ///   - fill: what replaces missing values; nil if they are errors.
  ///   - gaps: what to do about gaps in the times.
  ///   - model: the model's times, whose step the series must have.
  /// - Throws: `Failure` (data) if the series lacks a column, is too short, or its times are out of order.
  public init(
    _ series: RereadableSeries, _ layout: WindowLayout, scaler: Scaler, label: String?, fill: Fill?,
    gaps: GapPolicy, like model: TimeColumn?
  ) throws {
    let (complete, inserted) = try series.insertingMissingRows(gaps: gaps, like: model)
    let whole = try complete.whole(fill)
    self.series = whole.series
    var layout = layout
    layout.stride = 1
    try layout.check(rows: whole.series.rows)
    if let label {
      layout.targets.append(label)
      self.scaler = scaler.adding(unscaled: label)
    } else {
      self.scaler = scaler
    }
    (self.layout, self.label) = (layout, label)
    times = try SeriesTimes(whole.series, gaps: gaps, like: model)
    time = times?.column
    warnings = whole.fill?.warnings ?? []
    if inserted > 0 { notes.append("inserted \(counted(inserted, "missing row"))") }
    notes += [whole.fill?.note].compactMap(\.self)
  }

  /// Calls `body` with every chunk of windows, whose columns are those of `Windower`, and `label` U8 [rows, horizon] if there
  /// are labels.
  /// - Returns: the numbers of windows that were dropped because they span a gap, use a missing value, or have targets in
  ///   several parts.
  /// - Throws: `Failure` (data) if a label is neither 0 nor 1.
  @discardableResult
  public func forEach(_ body: (Chunk) throws -> Void) throws -> Dropped {
    var windower = try Windower(
      layout, series: series.schema, scaler: scaler, times: times, allowsMissing: true)
    try series.forEach { rows in
      try windower.push(rows)
      while let chunk = windower.next(atMost: windower.windowsPerChunk) { try body(withLabels(chunk)) }
    }
    return Dropped(
      overGaps: windower.spanningGaps, incomplete: windower.incomplete, straddling: windower.straddling)
  }

  /// Windows that were dropped.
  public struct Dropped: Sendable {
    /// Those that span a gap in the times.
    public let overGaps: Int
    /// Those that use a missing value.
    public let incomplete: Int
    /// Those whose targets are in several parts.
    public let straddling: Int
  }

  /// Separates the labels from the targets.
  private func withLabels(_ chunk: Chunk) throws -> Chunk {
    guard let label, let y = chunk.columns["y"]?.tensor, let actual = chunk.columns["actual"]?.tensor else {
      return chunk
    }
    let width = layout.targets.count
    let values = actual.doubles
    var labels: [UInt8] = []
    for index in stride(from: width - 1, to: values.count, by: width) {
      guard values[index] == 0 || values[index] == 1 else {
        throw Failure.data("column \(label): the label \(values[index]) is neither 0 nor 1")
      }
      labels.append(values[index] == 1 ? 1 : 0)
    }
    let shape = [chunk.rows, layout.horizon * (width - 1)]
    let kept = (0..<values.count).filter { $0 % width != width - 1 }
    let scaled = y.floats
    var columns = chunk.columns
    columns["y"] = .dense(Tensor(kept.map { scaled[$0] }, shape: shape))
    columns["actual"] = .dense(Tensor(kept.map { values[$0] }, shape: shape))
    columns["label"] = .dense(Tensor(labels, shape: [chunk.rows, layout.horizon]))
    return Chunk(columns, rows: chunk.rows)
  }
}
