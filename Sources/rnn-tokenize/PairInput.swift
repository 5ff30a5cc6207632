// The input of rnn-tokenize as pairs: a stream of kind `pairs`, or lines with `--format pairs`. Pairs are stored, since
// the vocabularies must be known before the first row is written.

import ByteStreams
import Failures
import Sequences
import Stage
import TensorFile

/// Rows of pairs.
struct PairInput {
  /// The name of the input in messages.
  let name: String
  /// The header of the stream to write, as far as the input determines it.
  let header: StreamHeader
  private let spool: ChunkSpool
  /// The number of rows.
  var rows: Int { spool.rows }

  /// Reads a file of lines; `first` sees every chunk.
  init(
    file source: PeekedSource, named name: String, _ given: GivenVocabulary, _ run: StageRun,
    _ first: (Chunk) throws -> Void
  ) throws {
    let text = try run.text(source, named: name, encoding: given.encoding)
    var reader = PairReader(text, named: name)
    spool = ChunkSpool()
    while let chunk = try reader.next() {
      try first(chunk)
      try spool.append(chunk)
    }
    var header = StreamHeader(kind: PairReader.kind)
    SourceForm(encoding: given.encoding.name).write(into: &header)
    (self.name, self.header) = (name, header)
  }

  /// Reads a stream; `first` sees every chunk.
  init(stream reader: TensorReader, named name: String, _ first: (Chunk) throws -> Void) throws {
    (self.name, header) = (name, reader.header)
    spool = ChunkSpool()
    while let chunk = try reader.next() {
      try first(chunk)
      try spool.append(chunk)
    }
  }

  /// Calls `body` with all rows in order, in chunks. Can be called once only.
  func forEach(_ body: (Chunk) throws -> Void) throws { try spool.drain(body) }
}
