// The text that comes in, as a stream or plain. Where anything must be known of all rows before the first is
// written, they are kept on the way: as they are, or as what the first pass made of them.

import Failures
import Sequences
import Stage
import TensorFile

/// An input of rows of text.
struct TextInput {
  private enum Rows {
    case passing(TensorReader)
    case kept(ChunkSpool)
  }

  /// What messages call the input.
  let name: String
  /// The stream's header; of plain text, an empty one.
  let header: StreamHeader
  /// The class names that the input has.
  let classes: ClassNames?
  /// How many rows there are, where that is known.
  var rows: Int? { if case .kept(let spool) = passes { spool.rows } else { nil } }
  private let passes: Rows

  /// Opens the input and, where it is gone through twice or is plain text, reads it to its verified end.
  /// - Parameters:
  ///   - classes: the only labels that plain text may have; nil where any may occur.
  ///   - threads: how many threads there may be.
  ///   - first: what the first of two passes makes of a chunk, to be gone through in its place.
  init(
    _ path: String?, _ format: TextFormat?, _ classes: ClassNames?, _ run: StageRun, isReadTwice: Bool,
    threads: Int = 1, _ first: (Chunk) throws -> [Chunk]
  ) throws {
    var source = try run.source(path)
    let name = inputName(path)
    self.name = name
    guard try run.isStream(&source) else {
      var reader = TextReader(source, named: name, format: format ?? .lines, classes: classes)
      let spool = ChunkSpool()
      while let chunk = try reader.next() { try first(chunk).forEach(spool.append) }
      (header, self.classes) = (StreamHeader(kind: "text"), reader.classes)
      passes = .kept(spool)
      return
    }
    if format != nil { throw Failure.usage("--format is for plain text; this is a stream", at: name) }
    let reader = try run.reader(source, named: name)
    header = reader.header
    self.classes = try ClassNames(header: reader.header)
    guard isReadTwice else {
      passes = .passing(reader)
      return
    }
    let spool = ChunkSpool()
    passes = .kept(spool)
    let chunks = ReadAhead(reader, threads: threads)
    try placing { while let chunk = try chunks.next() { try first(chunk).forEach(spool.append) } }
  }

  /// Calls `body` with all rows, in order, some at a time. There is one way through them.
  func forEach(_ body: (Chunk) throws -> Void) throws {
    switch passes {
    case .passing(let reader): while let chunk = try reader.next() { try body(chunk) }
    case .kept(let spool): try spool.drain(body)
    }
  }

  /// Runs `body`; failures that name no place are this input's.
  func placing(_ body: () throws -> Void) throws {
    do { try body() } catch let failure as Failure { throw failure.placed(at: name) }
  }
}
