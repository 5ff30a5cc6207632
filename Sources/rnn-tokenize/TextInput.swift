// The text input, as a stream or as plain text. If something must be known about all rows before the first
// one is written, they are stored: unchanged, or as the first pass has processed them.

import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// An input with rows of text.
struct TextInput {
  private enum Rows {
    case streamed(TensorReader)
    case stored(ChunkSpool)
  }

  /// The name of the input in messages.
  let name: String
  /// The stream's header; an empty one for plain text.
  let header: StreamHeader
  /// The class names in the input.
  let classes: ClassNames?
  /// The number of rows, if known.
  var rows: Int? { if case .stored(let spool) = source { spool.rows } else { nil } }
  private let source: Rows

  /// Opens the input; if it is plain text or is read twice, also reads it to its end, which is verified.
  /// - Parameters:
  ///   - classes: the labels that plain text may have; nil for any.
  ///   - threads: the maximum number of threads.
  ///   - first: processes a chunk in the first pass; its results are read in the second pass.
  init(
    _ path: String?, _ format: TextFormat?, _ classes: ClassNames?, encoding: EncodingChoice, _ run: StageRun,
    isReadTwice: Bool,
    threads: Int = 1, _ first: (Chunk) throws -> [Chunk]
  ) throws {
    var source = try run.source(path)
    let name = inputName(path)
    self.name = name
    guard try run.isStream(&source) else {
      let text = try run.text(source, named: name, encoding: encoding)
      var reader = TextReader(text, named: name, format: format ?? .lines, classes: classes)
      let spool = ChunkSpool()
      while let chunk = try reader.next() { try first(chunk).forEach(spool.append) }
      var header = StreamHeader(kind: "text")
      SourceForm(encoding: encoding.name).write(into: &header)
      (self.header, self.classes) = (header, reader.classes)
      self.source = .stored(spool)
      return
    }
    if format != nil { throw Failure.usage("--format is for plain text, but this is a stream", at: name) }
    try encoding.refuseForStream(named: name)
    let reader = try run.reader(source, named: name)
    header = reader.header
    self.classes = try ClassNames(header: reader.header)
    guard isReadTwice else {
      self.source = .streamed(reader)
      return
    }
    let spool = ChunkSpool()
    self.source = .stored(spool)
    let chunks = ReadAhead(reader, threads: threads)
    try placing { while let chunk = try chunks.next() { try first(chunk).forEach(spool.append) } }
  }

  /// Calls `body` with all rows in order, in chunks. Can be called once only.
  func forEach(_ body: (Chunk) throws -> Void) throws {
    switch source {
    case .streamed(let reader): while let chunk = try reader.next() { try body(chunk) }
    case .stored(let spool): try spool.drain(body)
    }
  }

  /// Runs `body`, and adds the name of this input to failures without a name.
  func placing(_ body: () throws -> Void) throws {
    do { try body() } catch let failure as Failure { throw failure.placed(at: name) }
  }
}
