// Text for rnn-split, in a file or with its labels in words in any stream: it becomes a text stream with classes, so
// that the vocabulary can be built from the training rows alone.

import ByteStreams
import Failures
import OperatingSystem
import Sequences
import Stage
import TensorFile

/// A text file, or text with labels in words, as a stream with classes.
struct TextFile {
  let stream: RereadableStream

  /// Reads the file to its end. What is read from where is reported to the user.
  init(_ text: PeekedSource, named name: String, _ options: TextOptions, encoding: String?, _ run: StageRun)
    throws
  {
    let reader = try TextReader(text, named: name, options)
    let spool = ChunkSpool()
    while let chunk = try reader.next() { try spool.append(chunk) }
    if let note = reader.note { run.note(note) }
    if let warning = reader.warning { run.warn(warning) }
    guard spool.rows > 0 else { throw Failure.data("the input has no rows", at: name) }
    let labels = try reader.labels()
    var header = StreamHeader(kind: "text")
    reader.form(encoding: encoding).write(into: &header)
    labels.classes?.write(into: &header)
    stream = try TextFile.stream(spool, header, labels, named: name)
  }

  /// Reads a stream whose labels are text, such as one that rnn-convert made of a table; nil if its labels are in `y`
  /// already, or it has none.
  init?(_ rows: RereadableStream, named name: String, _ options: TextOptions, _ run: StageRun) throws {
    guard let text = try StreamText(rows.schema, rows.header, options, labels: .found), text.hasLabels else {
      return nil
    }
    run.note("reading \(name): \(text.note)")
    let spool = ChunkSpool()
    try rows.chunks { try spool.append(text.convert($0)) }
    let labels = try text.labels()
    var header = try text.convert(rows.header)
    if header.kind.isEmpty { header.kind = "text" }
    labels.classes?.write(into: &header)
    stream = try TextFile.stream(spool, header, labels, named: name)
  }

  /// Reads lines of pairs to their end.
  init(pairs text: PeekedSource, named name: String, encoding: String?) throws {
    var reader = PairReader(text, named: name)
    let spool = ChunkSpool()
    while let chunk = try reader.next() { try spool.append(chunk) }
    guard spool.rows > 0 else { throw Failure.data("the input has no rows", at: name) }
    var header = StreamHeader(kind: PairReader.kind)
    SourceForm(encoding: encoding).write(into: &header)
    stream = try TextFile.stream(spool, header, nil, named: name)
  }

  private static func stream(
    _ spool: ChunkSpool, _ header: StreamHeader, _ labels: RowLabels?, named name: String
  ) throws -> RereadableStream {
    let file = try TemporaryFile()
    let writer = TensorWriter(file, header: header, level: -3)
    try spool.drain { chunk in
      if let labels { try labels.apply(to: chunk) { try writer.write($0) } } else { try writer.write(chunk) }
    }
    try writer.finish(nil)
    return try RereadableStream(TensorReader(file.source(), named: name))
  }
}
