// The text that comes in, as a stream or plain, gone through once or twice.

import Failures
import Sequences
import Stage
import TensorFile

/// An input of rows of text.
struct TextInput {
  private enum Rows {
    case once(TensorReader)
    case again(RereadableStream)
    case spooled(TextSpool)
  }

  /// What messages call the input.
  let name: String
  /// The stream's header; of plain text, an empty one.
  let header: StreamHeader
  /// The class names that the input has.
  let classes: ClassNames?
  /// How many rows there are, where that is known.
  let rows: Int?
  private let passes: Rows

  /// Opens the input and, where it is read twice or is plain text, shows all rows to `look`.
  /// - Parameter classes: the only labels that plain text may have; nil where any may occur.
  init(
    _ path: String?, _ format: TextFormat?, _ classes: ClassNames?, _ run: StageRun, isReadTwice: Bool,
    _ look: (Chunk) throws -> Void
  ) throws {
    var source = try run.source(path)
    let name = path.flatMap { $0 == "-" ? nil : $0 } ?? "standard input"
    self.name = name
    guard try run.isStream(&source) else {
      var reader = TextReader(source, named: name, format: format ?? .lines, classes: classes)
      passes = .spooled(try TextSpool(&reader, look))
      (header, self.classes, rows) = (StreamHeader(kind: "text"), reader.classes, reader.rows)
      return
    }
    if format != nil { throw Failure.usage("--format is for plain text; this is a stream", at: name) }
    let reader = try run.reader(source, named: name)
    header = reader.header
    self.classes = try ClassNames(header: reader.header)
    guard isReadTwice else {
      (passes, rows) = (.once(reader), nil)
      return
    }
    let stream = try RereadableStream(reader)
    (passes, rows) = (.again(stream), stream.rows)
    try placing { try stream.chunks(look) }
  }

  /// Calls `body` with all rows, in order, some at a time.
  func forEach(_ body: (Chunk) throws -> Void) throws {
    switch passes {
    case .once(let reader): while let chunk = try reader.next() { try body(chunk) }
    case .again(let stream): try stream.chunks(body)
    case .spooled(let spool): try spool.chunks(body)
    }
  }

  /// Runs `body`; failures that name no place are this input's.
  func placing(_ body: () throws -> Void) throws {
    do { try body() } catch let failure as Failure { throw failure.placed(at: name) }
  }
}
