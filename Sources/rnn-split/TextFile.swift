// Text files for rnn-split: they become a text stream with classes, so that the vocabulary can be built from the
// training rows alone.

import ByteStreams
import Failures
import OperatingSystem
import Sequences
import Stage
import TensorFile

/// A text file as a stream.
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

  private static func stream(
    _ spool: ChunkSpool, _ header: StreamHeader, _ labels: RowLabels, named name: String
  ) throws -> RereadableStream {
    let file = try TemporaryFile()
    let writer = TensorWriter(file, header: header, level: -3)
    try spool.drain { try writer.write(labels.apply(to: $0)) }
    try writer.finish(nil)
    return try RereadableStream(TensorReader(file.source(), named: name))
  }
}
