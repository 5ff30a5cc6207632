// Whatever is predicted for, as chunks with the column x that the model takes: prepared streams as they are,
// text and series prepared by what the model remembers.

import Failures
import Networks
import Sequences
import Stage
import Tensor
import TensorFile

/// The rows to predict for.
struct InputRows {
  /// Facts of the input that go on.
  let header: StreamHeader
  private let source: Source

  private enum Source {
    case prepared(TensorReader)
    case text(TensorReader, TextEncoder)
    case ragged(TensorReader, Padding)
    case lines(TextReader, TextEncoder)
    case future(Chunk)
  }

  init(_ path: String?, _ model: LoadedModel, _ run: StageRun) throws {
    let name = path ?? "standard input"
    var bytes = try run.source(path)
    guard try run.isStream(&bytes) else {
      (header, source) = try Self.raw(bytes, name, model)
      return
    }
    let reader = try run.reader(bytes, named: name)
    header = reader.header
    do {
      try model.check(reader.header)
      source = try Self.stream(reader, model)
    } catch let failure as Failure {
      throw failure.placed(at: name)
    }
  }

  private static func stream(_ reader: TensorReader, _ model: LoadedModel) throws -> Source {
    switch (reader.schema["x"], reader.schema["text"]) {
    case (let x?, _) where x.isRagged:
      guard let padding = model.padding else {
        throw Failure.data("its rows differ in length", at: "column x", remedy: "pad them first: rnn-pad")
      }
      return .ragged(reader, padding)
    case (.some, _) where reader.header.kind == "series":
      return .future(try future(ofStream: reader, model))
    case (.some, _): return .prepared(reader)
    case (nil, .some):
      guard let encoder = try TextEncoder(header: model.file.header) else {
        throw Failure.data("it is text, and the model has no vocabulary", at: "column text")
      }
      return .text(reader, encoder)
    default: throw Failure.data("there is no column x or text")
    }
  }

  /// Plain text for a model with a vocabulary, CSV for a model of windows.
  private static func raw(
    _ bytes: PeekedSource, _ name: String, _ model: LoadedModel
  ) throws -> (StreamHeader, Source) {
    var header = StreamHeader(kind: "text")
    if let encoder = try TextEncoder(header: model.file.header) {
      return (header, .lines(TextReader(bytes, named: name, classes: model.classes), encoder))
    }
    guard let window = model.window, let scaler = model.scaler else {
      throw Failure.data(
        "is no tensor stream, and the model knows neither text nor series", at: name,
        remedy: "prepare it with the stages that prepared the training data")
    }
    header.kind = "windows"
    var csv = try SeriesCSV(
      bytes, named: name, SeriesCSVOptions(time: model.time?.column, columns: window.inputs))
    var future = try FutureWindow(window, series: csv.schema, scaler: scaler)
    while let rows = try csv.next() { try future.push(rows) }
    return (header, .future(try future.chunk(step: model.time?.step)))
  }

  private static func future(ofStream reader: TensorReader, _ model: LoadedModel) throws -> Chunk {
    guard let window = model.window, let scaler = model.scaler else {
      throw Failure.data("it is a series, and the model knows no windows", remedy: "cut it with rnn-window")
    }
    let facts = try SeriesSchema(header: reader.header, schema: reader.schema)
    var future = try FutureWindow(window, series: facts, scaler: scaler)
    while let chunk = try reader.next() { try future.push(SeriesRows(chunk, schema: facts)) }
    return try future.chunk(step: model.time?.step)
  }

  /// Calls `body` with every chunk; each has a dense x.
  func forEach(_ body: (Chunk) throws -> Void) throws {
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
    guard let text = chunk.columns["text"]?.ragged else { throw Failure.data("a chunk lacks text") }
    var columns = chunk.columns
    columns["x"] = .dense(try encoder.encode(text))
    return Chunk(columns, rows: chunk.rows)
  }
}
