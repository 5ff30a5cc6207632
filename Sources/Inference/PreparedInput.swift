// The input of a prediction as chunks with the columns that the model needs: prepared streams unchanged, text and
// series prepared like the model's training data.

import ByteStreams
import Failures
import Networks
import Sequences
import Tensor
import TensorFile

/// The rows for which to predict.
public struct PreparedInput {
  /// The input's header, which is passed on with the predictions.
  public let header: StreamHeader
  /// Warnings about the input.
  public private(set) var warnings: [String] = []
  /// What replaced missing values of a series.
  public private(set) var notes: [String] = []
  private let source: Source
  /// The mapping to the model's class ids, if the stream's differ.
  private var classes: ClassMapping?

  /// Whether there is one row for each series, the window for its future, whose targets are unknown.
  public var isFuture: Bool {
    switch source {
    case .future, .futures: true
    default: false
    }
  }

  /// Which columns are read, for the user; nil if that is obvious.
  public var note: String? { if case .lines(let reader, _) = source { reader.note } else { nil } }

  /// Warnings about the rows read so far.
  public var finalWarnings: [String] {
    switch source {
    case .lines(let reader, _): [reader.warning].compactMap(\.self)
    case .document(let windows): [windows.warning].compactMap(\.self)
    case .sequences(let sequences): sequences.warnings
    case .futures(let futures): futures.warnings
    default: []
    }
  }

  private enum Source {
    case prepared(TensorReader)
    case text(TensorReader, TextEncoder)
    case ragged(TensorReader, PaddingSet)
    case lines(TextReader, TextEncoder)
    case document(DocumentWindows)
    case future(Chunk)
    case futures(SeriesFutures)
    case sequences(RawSequences)
  }

  /// The rows of a stream.
  ///
  /// - Parameters:
  ///   - name: the input's name, for messages.
  ///   - fill: what replaces missing values of a series; if nil, as the stream specifies.
  ///   - gaps: what to do about gaps in the times of a series; if nil, what was done in training.
  ///   - short: what to do with series that are too short; if nil, what was done in training.
  /// - Throws: `Failure` (data) if it was prepared differently from the model's training data.
  public init(
    stream reader: TensorReader, named name: String, _ model: LoadedModel, fill: Fill? = nil,
    gaps: GapPolicy? = nil, short: ShortSeriesPolicy? = nil
  ) throws {
    var header = reader.header
    do {
      try model.check(reader.header)
      if let own = try ClassNames(header: reader.header), let known = model.classes {
        classes = try ClassMapping(from: own, to: known)
      }
      if let windows = try DocumentWindows(reader, model) {
        source = .document(windows)
        self.header = header
      } else if let futures = try SeriesFutures(reader, model, fill, gaps, short) {
        (source, self.header) = (.futures(futures), futures.header)
      } else if let future = try Self.future(ofStream: reader, model, fill, gaps) {
        future.time?.write(into: &header)
        source = .future(future.chunk)
        self.header = header
        note(future)
      } else {
        source = try Self.stream(reader, model)
        self.header = header
      }
    } catch let failure as Failure {
      throw failure.placed(at: name)
    }
  }

  private static func stream(_ reader: TensorReader, _ model: LoadedModel) throws -> Source {
    let topology = model.file.architecture.topology
    guard topology.inputs.count == 1 else {
      guard let ragged = topology.inputs.first(where: { reader.schema[$0.name]?.isRagged == true }) else {
        return .prepared(reader)
      }
      return try Self.ragged(reader, model, column: ragged.name)
    }
    switch (reader.schema["x"], reader.schema["text"]) {
    case (let x?, _) where x.isRagged:
      return try Self.ragged(reader, model, column: "x")
    case (.some, _): return .prepared(reader)
    case (nil, .some):
      guard let encoder = try TextEncoder(header: model.file.header) else {
        throw Failure.data("contains text, but the model has no vocabulary", at: "column text")
      }
      return .text(reader, encoder)
    default:
      let name = topology.inputs[0].name
      guard reader.schema[name] != nil else {
        throw Failure.data("there is no column \(name == Topology.usualInput ? "" : "\(name), ")x or text")
      }
      return .prepared(reader)
    }
  }

  private static func ragged(_ reader: TensorReader, _ model: LoadedModel, column: String) throws -> Source {
    guard let paddings = model.paddings else {
      throw Failure.data(
        "the rows differ in length", at: "column \(column)", remedy: "pad them first: rnn-pad")
    }
    return .ragged(reader, paddings)
  }

  /// Plain text for a model with a vocabulary, or CSV for a model of windows.
  ///
  /// - Parameters:
  ///   - name: the input's name, for messages.
  ///   - options: how a CSV file is read; its columns are the model's.
  ///   - gaps: what to do about gaps in the times of a series; if nil, what was done in training.
  ///   - short: what to do with series that are too short; if nil, what was done in training.
  /// - Throws: `Failure` (data) if the model was trained on neither, or the input can't be read.
  public init(
    raw bytes: PeekedSource, named name: String, _ model: LoadedModel,
    text reading: TextOptions = TextOptions(),
    series options: SeriesCSVOptions = SeriesCSVOptions(), gaps: GapPolicy? = nil,
    short: ShortSeriesPolicy? = nil
  ) throws {
    if let windows = DocumentWindows(bytes, named: name, model) {
      header = StreamHeader(kind: "windows")
      source = .document(windows)
      return
    }
    if let encoder = try TextEncoder(header: model.file.header) {
      header = StreamHeader(kind: "text")
      var reading = reading
      reading.acceptsBytes = encoder.vocabulary.rules.mode == .byte
      let labels = model.classes.map(LabelChoice.classes) ?? .numbers
      source = .lines(try TextReader(bytes, named: name, reading, labels: labels), encoder)
      return
    }
    if let sequences = try RawSequences(bytes, named: name, model, options) {
      header = StreamHeader(kind: "sequences")
      source = .sequences(sequences)
      return
    }
    guard let settings = model.windows else {
      throw Failure.data(
        "is not a tensor stream, and the model was trained on neither text nor series", at: name,
        remedy: "prepare it with the stages that prepared the training data")
    }
    var options = options
    options.columns = ColumnList(exactly: settings.forecastColumns)
    options.statics = ColumnList(exactly: settings.statics.columns)
    options.sequences = options.sequences ?? settings.sequences
    // Only the last window must be complete.
    options.keepsMissing = true
    var csv = try SeriesCSV(bytes, named: name, options)
    if csv.panel != nil || settings.isExtended {
      do {
        let futures = try SeriesFutures(&csv, model, settings, options.form, gaps, short)
        (source, header) = (.futures(futures), futures.header)
      } catch let failure as Failure { throw failure.placed(at: name) }
      (notes, warnings) = (csv.notes, csv.warnings)
      return
    }
    let series = try RereadableSeries(&csv)
    (notes, warnings) = (csv.notes, csv.warnings)
    let future: Future
    do {
      future = try Self.future(of: series, model, options.form.fill, gaps)
    } catch let failure as Failure { throw failure.placed(at: name) }
    var header = StreamHeader(kind: "windows")
    future.time?.write(into: &header)
    self.header = header
    source = .future(future.chunk)
    note(future)
  }

  private mutating func note(_ future: Future) {
    if future.inserted > 0 {
      notes.append("inserted \(future.inserted) missing row\(future.inserted == 1 ? "" : "s")")
    }
    notes += [future.fill?.note].compactMap(\.self)
    warnings += future.fill?.warnings ?? []
  }

  /// The window after which the forecast begins.
  private struct Future {
    var chunk: Chunk
    var time: TimeColumn?
    var fill: SeriesFill?
    var inserted: Int
  }

  /// Nil if the stream is not a series, or if the model has several inputs.
  private static func future(
    ofStream reader: TensorReader, _ model: LoadedModel, _ fill: Fill?, _ gaps: GapPolicy?
  ) throws -> Future? {
    guard model.file.architecture.topology.inputs.count == 1, reader.header.kind == "series",
      let x = reader.schema["x"], !x.isRagged
    else { return nil }
    let series = try RereadableSeries(reader)
    return try future(of: series, model, try fill ?? CSVForm(header: reader.header)?.fill, gaps)
  }

  /// The last window of a series, whose times are checked as in training.
  private static func future(
    of series: RereadableSeries, _ model: LoadedModel, _ fill: Fill?, _ gaps: GapPolicy?
  ) throws -> Future {
    guard let window = model.window, let scaler = model.scaler else {
      let readsTokens = model.file.architecture.vocabulary(ofInput: 0) != nil
      throw Failure.data(
        readsTokens
          ? "is a series, but the model reads token ids"
          : "is a series, but the model doesn't describe its windows",
        remedy: readsTokens ? "give it text" : "create windows with rnn-window")
    }
    guard !window.isReconstruction else {
      throw Failure.data(
        "is a series, but the model reconstructs windows and forecasts nothing",
        remedy: "use --anomalies, or cut windows with rnn-window --like \(model.path)")
    }
    let gaps = gaps ?? model.time?.gaps ?? .error
    let (rows, inserted) = try series.insertingMissingRows(gaps: gaps, like: model.time)
    let whole = try rows.whole(fill)
    let times = try SeriesTimes(whole.series, gaps: gaps, like: model.time, rejectsGaps: false)
    var future = try FutureWindow(window, series: series.schema, scaler: scaler)
    try whole.series.forEach { try future.push($0) }
    return Future(chunk: try future.chunk(times), time: times?.column, fill: whole.fill, inserted: inserted)
  }

  /// Calls `body` with every chunk; each has dense inputs.
  public func forEach(_ body: (Chunk) throws -> Void) throws {
    try forEachPrepared { chunk in try body(classes.map { try $0.applied(to: chunk) } ?? chunk) }
  }

  private func forEachPrepared(_ body: (Chunk) throws -> Void) throws {
    switch source {
    case .prepared(let reader):
      while let chunk = try reader.next() { try body(chunk) }
    case .text(let reader, let encoder):
      while let chunk = try reader.next() { try body(try encode(chunk, encoder)) }
    case .ragged(let reader, let paddings):
      let padder = SequencePadder(paddings)
      var row = 0
      while let chunk = try reader.next() {
        try padder.pad(chunk, firstRow: row, body)
        row += chunk.rows
      }
    case .lines(let lines, let encoder):
      while let chunk = try lines.next() {
        try lines.labels().apply(to: chunk) { try body(try encode($0, encoder)) }
      }
    case .document(let windows): try windows.forEach(body)
    case .future(let chunk): try body(chunk)
    case .futures(let futures): try futures.forEach(body)
    case .sequences(let sequences): try sequences.forEach(body)
    }
  }

  private func encode(_ chunk: Chunk, _ encoder: TextEncoder) throws -> Chunk {
    guard let text = chunk.columns["text"]?.ragged else {
      throw Failure.data("the column text is missing from a chunk")
    }
    var columns = chunk.columns
    columns["x"] = .dense(try encoder.encode(text))
    return Chunk(columns, rows: chunk.rows)
  }
}
