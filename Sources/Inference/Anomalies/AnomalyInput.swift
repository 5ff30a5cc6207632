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

  private enum Source {
    case windows(RereadableStream)
    case series(SeriesWindows)
  }

  /// How the rows of a series are read.
  public struct Reading {
    /// The column of labels; nil if there is none.
    public var label: String?
    /// What replaces missing values; nil for what was done in training.
    public var fill: Fill?
    /// What to do about gaps; nil for what was done in training.
    public var gaps: GapPolicy?

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
      try Self.checkPlain(model, isPanel: reader.schema["id"] != nil)
      let form = try CSVForm(header: reader.header)
      var reading = reading
      reading.fill = reading.fill ?? form?.fill
      try self.init(
        RereadableSeries(reader), header: reader.header, named: name, model, window, reading,
        warnings: [])
    } catch let failure as Failure { throw failure.placed(at: name) }
  }

  /// Series whose windows are more than scaled rows, and several of them, are cut by rnn-window.
  private static func checkPlain(_ model: LoadedModel, isPanel: Bool) throws {
    guard isPanel || model.windows?.isExtended == true else { return }
    throw Failure.data(
      isPanel ? "has several series" : "the model's windows are more than scaled rows of one series",
      remedy: "cut it into windows first: rnn-window FILE --like \(model.path)")
  }

  private init(
    windows reader: TensorReader, named name: String, _ model: LoadedModel, _ reading: Reading
  ) throws {
    try model.check(reader.header)
    guard try WindowLayout(header: reader.header) != nil, reader.schema["y"] != nil else {
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
    (notes, warnings, source) = ([], [], .windows(stream))
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
    options.columns = ColumnList(exactly: window.columns + [reading.label].compactMap(\.self))
    var csv = try SeriesCSV(bytes, named: name, options)
    do {
      try Self.checkPlain(model, isPanel: csv.panel != nil)
    } catch let failure as Failure { throw failure.placed(at: name) }
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
    source = .series(windows)
  }

  /// Calls `body` with every chunk of windows.
  /// - Returns: warnings about windows that were dropped.
  @discardableResult
  public func forEach(_ body: (Chunk) throws -> Void) throws -> [String] {
    do {
      switch source {
      case .windows(let stream):
        try stream.chunks(body)
        return []
      case .series(let windows): return try windows.forEach(body).warnings
      }
    } catch let failure as Failure where failure.kind == .data { throw failure.placed(at: name) }
  }
}

extension SeriesWindows.Dropped {
  /// What was not judged, for the user.
  fileprivate var warnings: [String] {
    let reasons = [
      (incomplete, "uses a missing value", "use a missing value"), (overGaps, "spans a gap", "span a gap"),
    ]
    return reasons.compactMap { count, one, several in
      count == 0 ? nil : "\(counted(count, "window")) \(count == 1 ? one : several): not judged"
    }
  }
}
