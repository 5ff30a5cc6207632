// The windows in which anomalies are looked for: those of a stream, or all windows of a series, which are cut here as the
// model's were. They can be read twice: to calibrate on the validation part, and to judge the others.

import ByteStreams
import Failures
import Sequences
import TensorFile

/// Windows of a model, from any input.
public struct AnomalyInput {
  /// The header of the stream; of a CSV file, what is known of its times.
  public let header: StreamHeader
  /// What replaced missing values.
  public let notes: [String]
  /// Warnings about the input.
  public let warnings: [String]
  /// Whether the windows have parts.
  public let hasParts: Bool
  private let source: Source
  private let name: String
  /// The windows of a stream, if each series is scaled by itself; else nil.
  private let layout: WindowLayout?

  private enum Source {
    case windows(RereadableStream)
    case series(SeriesWindows)
    case panel(PanelReading)
  }

  /// How the rows of a series are read.
  public struct Reading {
    /// The column of labels; nil if there is none.
    public var label: String?
    /// What replaces missing values; nil for what was done in training.
    public var fill: Fill?
    /// What to do about gaps; nil for what was done in training.
    public var gaps: GapPolicy?
    /// What to do with series that are too short; nil for what was done in training.
    public var short: ShortSeriesPolicy?

    /// As in training, without labels.
    public init() {}
  }

  /// The windows or the series in a stream.
  /// - Parameter name: the input's name, for messages.
  /// - Throws: `Failure` (data) if it was prepared differently from the model's training data.
  public init(
    stream reader: TensorReader, named name: String, _ model: LoadedModel, _ window: WindowLayout,
    _ reading: Reading
  ) throws {
    do {
      guard reader.header.kind == "series", let x = reader.schema["x"], !x.isRagged else {
        try self.init(windows: reader, named: name, model, reading)
        return
      }
      var form = try CSVForm(header: reader.header) ?? CSVForm()
      form.fill = reading.fill ?? form.fill
      if let settings = Self.extended(model, isPanel: SeriesPanel.holdsSeries(reader)) {
        let isPanel = SeriesPanel.holdsSeries(reader)
        try self.init(
          isPanel ? SeriesPanel(reader) : SeriesPanel(single: RereadableSeries(reader)), settings,
          header: reader.header, form: form, named: name, model, reading, warnings: [])
        return
      }
      var reading = reading
      reading.fill = form.fill
      try self.init(
        RereadableSeries(reader), header: reader.header, named: name, model, window, reading,
        warnings: [])
    } catch let failure as Failure { throw failure.placed(at: name) }
  }

  /// The settings of windows that are more than the scaled rows of one series; nil if they are no more.
  private static func extended(_ model: LoadedModel, isPanel: Bool) -> WindowSettings? {
    model.windows.flatMap { isPanel || $0.isExtended ? $0 : nil }
  }

  private init(
    windows reader: TensorReader, named name: String, _ model: LoadedModel, _ reading: Reading
  ) throws {
    try model.check(reader.header)
    guard let layout = try WindowLayout(header: reader.header), reader.schema["y"] != nil else {
      throw Failure.data(
        "has no windows of a series with targets",
        remedy: "give a series, or windows of rnn-window --like \(model.path)")
    }
    guard reading.label == nil || reader.schema["label"] != nil else {
      throw Failure.usage(
        "windows have no labels", at: "--label-column",
        remedy: "give the series itself, which is cut into windows here")
    }
    let stream = try RereadableStream(reader)
    (header, hasParts, self.name) = (stream.header, stream.schema["split"] != nil, name)
    (notes, warnings, source, self.layout) = (
      [], [], .windows(stream), model.windows?.scaler.scope == .series ? layout : nil
    )
  }

  /// The series in a CSV file.
  /// - Parameters:
  ///   - name: the input's name, for messages.
  ///   - options: how it is read; its columns are the model's and that of labels.
  public init(
    csv bytes: PeekedSource, named name: String, _ model: LoadedModel, _ window: WindowLayout,
    _ options: SeriesCSVOptions, _ reading: Reading
  ) throws {
    var options = options
    let columns = model.windows?.columns ?? window.columns
    options.columns = ColumnList(exactly: columns + [reading.label].compactMap(\.self))
    if let settings = model.windows {
      options.statics = ColumnList(exactly: settings.statics.columns)
      options.sequences = options.sequences ?? settings.sequences
      if !settings.known.columns.isEmpty { options.keepsMissing = true }
    }
    var csv = try SeriesCSV(bytes, named: name, options)
    if let settings = Self.extended(model, isPanel: csv.panel != nil) {
      do {
        try self.init(
          csv.panel == nil ? SeriesPanel(single: RereadableSeries(&csv)) : SeriesPanel(&csv), settings,
          header: StreamHeader(kind: "windows"), form: options.form, named: name, model, reading,
          warnings: csv.warnings)
      } catch let failure as Failure { throw failure.placed(at: name) }
      return
    }
    let series = try RereadableSeries(&csv)
    do {
      try self.init(
        series, header: StreamHeader(kind: "windows"), named: name, model, window, reading,
        warnings: csv.warnings)
    } catch let failure as Failure { throw failure.placed(at: name) }
  }

  private init(
    _ series: RereadableSeries, header: StreamHeader, named name: String, _ model: LoadedModel,
    _ window: WindowLayout, _ reading: Reading, warnings: [String]
  ) throws {
    let columns = window.columns
    let scaler = model.scaler ?? Scaler.identity(columns)
    let windows = try SeriesWindows(
      series, window, scaler: scaler, label: reading.label, fill: reading.fill,
      gaps: reading.gaps ?? model.time?.gaps ?? .error, like: model.time)
    var header = header
    windows.time?.write(into: &header)
    (self.header, self.name, hasParts) = (header, name, windows.hasParts)
    (notes, self.warnings) = (windows.notes, warnings + windows.warnings)
    (source, layout) = (.series(windows), nil)
  }

  private init(
    _ panel: SeriesPanel, _ settings: WindowSettings, header: StreamHeader, form: CSVForm, named name: String,
    _ model: LoadedModel, _ reading: Reading, warnings: [String]
  ) throws {
    let windows = try PanelReading(
      panel, settings.with(short: reading.short), label: reading.label, form: form,
      gaps: reading.gaps ?? model.time?.gaps ?? .error, like: model.time,
      respectsParts: SplitMetadata(header: header)?.method == "chronological")
    var header = header
    panel.write(into: &header)
    windows.time?.write(into: &header)
    (self.header, self.name, hasParts) = (header, name, windows.hasParts)
    (notes, self.warnings, source, layout) = ([], warnings, .panel(windows), nil)
  }

  /// What is known after a pass.
  public struct Summary {
    /// Warnings about windows that were dropped.
    public var warnings: [String] = []
    /// What the series were scaled by, if each is scaled by itself and that is known.
    public var scales = SeriesScales()
  }

  /// Calls `body` with every chunk of windows.
  /// - Parameter scales: what series are scaled by that are cut here, if each is scaled by itself.
  @discardableResult
  public func forEach(scales: SeriesScales? = nil, _ body: (Chunk) throws -> Void) throws -> Summary {
    do {
      switch source {
      case .windows(let stream):
        var summary = Summary()
        try stream.chunks { chunk in
          if let layout { summary.scales.add(chunk, layout, names: chunk.rowNames) }
          try body(chunk)
        }
        return summary
      case .series(let windows): return Summary(warnings: try windows.forEach(body).warnings)
      case .panel(let windows):
        let found = try windows.forEach(scales: scales ?? SeriesScales(), body)
        let dropped = Self.warnings(found.counts.incomplete, found.counts.spanningGaps)
        return Summary(warnings: found.warnings + dropped, scales: found.scales)
      }
    } catch let failure as Failure where failure.kind == .data { throw failure.placed(at: name) }
  }
}

extension SeriesWindows.Dropped {
  /// What was not judged, for the user.
  fileprivate var warnings: [String] { AnomalyInput.warnings(incomplete, overGaps) }
}

extension AnomalyInput {
  /// What was not judged, for the user.
  fileprivate static func warnings(_ incomplete: Int, _ overGaps: Int) -> [String] {
    let reasons = [
      (incomplete, "uses a missing value", "use a missing value"), (overGaps, "spans a gap", "span a gap"),
    ]
    return reasons.compactMap { count, one, several in
      count == 0 ? nil : "\(counted(count, "window")) \(count == 1 ? one : several): not judged"
    }
  }
}
