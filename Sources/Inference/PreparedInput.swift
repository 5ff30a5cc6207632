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
  private let source: Source
  /// The model's class ids, where the stream's differ.
  private var classes: ClassMapping?

  /// Whether there is only one row, the window for the future of a series, whose targets are unknown.
  public var isFuture: Bool { if case .future = source { true } else { false } }

  private enum Source {
    case prepared(TensorReader)
    case text(TensorReader, TextEncoder)
    case ragged(TensorReader, Padding)
    case lines(TextReader, TextEncoder)
    case future(Chunk)
  }

  /// The rows of a stream.
  ///
  /// - Parameter name: the input's name, for messages.
  /// - Throws: `Failure` (data) if it was prepared differently from the model's training data.
  public init(stream reader: TensorReader, named name: String, _ model: LoadedModel) throws {
    header = reader.header
    do {
      try model.check(reader.header)
      if let own = try ClassNames(header: reader.header), let known = model.classes {
        classes = try ClassMapping(from: own, to: known)
      }
      source = try Self.stream(reader, model)
    } catch let failure as Failure {
      throw failure.placed(at: name)
    }
  }

  private static func stream(_ reader: TensorReader, _ model: LoadedModel) throws -> Source {
    let topology = model.file.architecture.topology
    guard topology.inputs.count == 1 else { return .prepared(reader) }
    switch (reader.schema["x"], reader.schema["text"]) {
    case (let x?, _) where x.isRagged:
      guard let padding = model.padding else {
        throw Failure.data("the rows differ in length", at: "column x", remedy: "pad them first: rnn-pad")
      }
      return .ragged(reader, padding)
    case (.some, _) where reader.header.kind == "series":
      return .future(try future(ofStream: reader, model))
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

  /// Plain text for a model with a vocabulary, or CSV for a model of windows.
  ///
  /// - Parameter name: the input's name, for messages.
  /// - Throws: `Failure` (data) if the model was trained on neither, or the input can't be read.
  public init(raw bytes: PeekedSource, named name: String, _ model: LoadedModel) throws {
    if let encoder = try TextEncoder(header: model.file.header) {
      header = StreamHeader(kind: "text")
      source = .lines(TextReader(bytes, named: name, classes: model.classes), encoder)
      return
    }
    guard let window = model.window, let scaler = model.scaler else {
      throw Failure.data(
        "is not a tensor stream, and the model was trained on neither text nor series", at: name,
        remedy: "prepare it with the stages that prepared the training data")
    }
    header = StreamHeader(kind: "windows")
    var csv = try SeriesCSV(
      bytes, named: name, SeriesCSVOptions(time: model.time?.column, columns: window.inputs))
    var future = try FutureWindow(window, series: csv.schema, scaler: scaler)
    while let rows = try csv.next() { try future.push(rows) }
    source = .future(try future.chunk(step: model.time?.step))
  }

  private static func future(ofStream reader: TensorReader, _ model: LoadedModel) throws -> Chunk {
    guard let window = model.window, let scaler = model.scaler else {
      throw Failure.data(
        "is a series, but the model doesn't describe its windows", remedy: "create windows with rnn-window")
    }
    let schema = try SeriesSchema(header: reader.header, schema: reader.schema)
    var future = try FutureWindow(window, series: schema, scaler: scaler)
    while let chunk = try reader.next() { try future.push(SeriesRows(chunk, schema: schema)) }
    return try future.chunk(step: model.time?.step)
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
    case .ragged(let reader, let padding):
      let padder = SequencePadder(padding)
      var row = 0
      while let chunk = try reader.next() {
        try padder.pad(chunk, firstRow: row, body)
        row += chunk.rows
      }
    case .lines(var lines, let encoder):
      while let chunk = try lines.next() { try body(try encode(chunk, encoder)) }
    case .future(let chunk): try body(chunk)
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
