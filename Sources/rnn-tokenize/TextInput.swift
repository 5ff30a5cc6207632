// The text input, as a stream or as a text file. If something must be known about all rows before the first one is
// written, they are stored: unchanged, or as the first pass has processed them.

import ByteStreams
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
  /// The stream's header; of a text file, what is remembered of its form.
  let header: StreamHeader
  /// The class names in the input.
  let classes: ClassNames?
  /// The number of rows, if known.
  var rows: Int? { if case .stored(let spool) = source { spool.rows } else { nil } }
  private let source: Rows
  /// The labels of a text file, or in words; nil if the rows have their final `y`.
  private let labels: RowLabels?

  /// Reads the beginning of the input; if it is a text file or is read twice, also reads it to its end, which is verified.
  /// - Parameters:
  ///   - threads: the maximum number of threads.
  ///   - first: processes a chunk in the first pass; its results are read in the second pass.
  init(
    _ opened: OpenedInput, _ given: GivenVocabulary, _ run: StageRun, isReadTwice: Bool, threads: Int = 1,
    _ first: (Chunk) throws -> [Chunk]
  ) throws {
    switch opened {
    case .file(let source, let name): try self.init(file: source, named: name, given, run, first)
    case .stream(let reader, let name):
      if given.reading.format != nil {
        throw Failure.usage("--format is for text files, but this is a stream", at: name)
      }
      try given.encoding.refuseForStream(named: name)
      let text = try StreamText(reader.schema, reader.header, given.reading, labels: given.labels)
      if let text { run.note("reading \(name): \(text.note)") }
      try self.init(
        stream: reader, named: name, isReadTwice ? threads : text == nil ? nil : threads, text, first)
    }
  }

  /// Reads a text file.
  private init(
    file source: PeekedSource, named name: String, _ given: GivenVocabulary, _ run: StageRun,
    _ first: (Chunk) throws -> [Chunk]
  ) throws {
    let text = try run.text(
      source, named: name, encoding: given.encoding, acceptsZeros: given.reading.acceptsBytes)
    let reader = try TextReader(text, named: name, given.reading, labels: given.labels)
    let spool = ChunkSpool()
    while let chunk = try reader.next() { try first(chunk).forEach(spool.append) }
    if let note = reader.note { run.note(note) }
    if let warning = reader.warning { run.warn(warning) }
    let labels = try reader.labels()
    if labels.areNumbers { run.note("the labels are numbers, not classes: y is F32") }
    var header = StreamHeader(kind: "text")
    reader.form(encoding: given.encoding.name).write(into: &header)
    (self.name, self.header, classes) = (name, header, labels.classes)
    (self.source, self.labels) = (.stored(spool), labels)
  }

  /// Reads a stream.
  /// - Parameter threads: nil to read it only once.
  private init(
    stream reader: TensorReader, named name: String, _ threads: Int?, _ text: StreamText?,
    _ first: (Chunk) throws -> [Chunk]
  ) throws {
    self.name = name
    header = try text?.convert(reader.header) ?? reader.header
    guard let threads else {
      (source, labels, classes) = (.streamed(reader), nil, try ClassNames(header: reader.header))
      return
    }
    let spool = ChunkSpool()
    let chunks = ReadAhead(reader, threads: threads)
    do {
      while let chunk = try chunks.next() { try first(text?.convert(chunk) ?? chunk).forEach(spool.append) }
      labels = try text?.labels()
    } catch let failure as Failure { throw failure.placed(at: name) }
    classes = try labels?.classes ?? ClassNames(header: reader.header)
    source = .stored(spool)
  }

  /// Calls `body` with all rows in order, in chunks. Can be called once only.
  func forEach(_ body: (Chunk) throws -> Void) throws {
    switch source {
    case .streamed(let reader): while let chunk = try reader.next() { try body(chunk) }
    case .stored(let spool):
      try spool.drain { chunk in
        if let labels { try labels.apply(to: chunk, body) } else { try body(chunk) }
      }
    }
  }

  /// Runs `body`, and adds the name of this input to failures without a name.
  func placing(_ body: () throws -> Void) throws {
    do { try body() } catch let failure as Failure { throw failure.placed(at: name) }
  }
}
