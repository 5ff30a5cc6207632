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
  /// The rows to return of those that are stored; nil for all.
  private var cut: ShardCut?
  /// The number of rows.
  let rows: Int

  /// Reads a file of lines; `first` sees every chunk.
  init(
    file source: PeekedSource, named name: String, _ given: GivenVocabulary, _ run: StageRun,
    _ first: (Chunk) throws -> Void
  ) throws {
    spool = ChunkSpool()
    if let shard = given.shard {
      (cut, rows) = try Self.read(shard, of: source, named: name, given, run, into: spool)
    } else {
      let text = try run.text(source, named: name, encoding: given.encoding)
      var reader = PairReader(text, named: name)
      while let chunk = try reader.next() {
        try first(chunk)
        try spool.append(chunk)
      }
      rows = spool.rows
    }
    var header = StreamHeader(kind: PairReader.kind)
    SourceForm(encoding: given.encoding.name).write(into: &header)
    (self.name, self.header) = (name, header)
  }

  /// Stores the lines of a shard, or all if they aren't in a plain file.
  /// - Returns: what to return of them, and the number of these rows.
  private static func read(
    _ shard: Shard, of source: PeekedSource, named name: String, _ given: GivenVocabulary, _ run: StageRun,
    into spool: ChunkSpool
  ) throws -> (ShardCut, Int) {
    var source = source
    let lines = try run.plainText(&source, encoding: given.encoding).map {
      try ShardLines($0.start, size: $0.size, shard, skipsBlankLines: false)
    }
    let text = try run.text(
      lines.map { PeekedSource($0) } ?? source, named: name, encoding: given.encoding)
    var reader = PairReader(text, named: name) { lines?.numberInFile(of: $0) ?? $0 }
    while let chunk = try reader.next() { try spool.append(chunk) }
    let record = lines?.record ?? ShardRecord(shard, of: spool.rows, .rows)
    try record.requireRows()
    run.takes(record)
    let first = lines?.beginsWithForeignRow == true ? 1 : 0
    let rows = lines == nil ? record.range : min(first, spool.rows)..<spool.rows
    return (ShardCut(rows), rows.count)
  }

  /// Reads a stream; `first` sees every chunk.
  init(
    stream reader: TensorReader, named name: String, _ shard: Shard?, _ run: StageRun,
    _ first: (Chunk) throws -> Void
  ) throws {
    (self.name, header) = (name, reader.header)
    spool = ChunkSpool()
    let sharded = try shard.map { try run.shard($0, of: reader) }
    try sharded?.record.requireRows()
    while let chunk = try sharded.map({ try $0.next() }) ?? reader.next() {
      try first(chunk)
      try spool.append(chunk)
    }
    rows = spool.rows
  }

  /// Calls `body` with all rows in order, in chunks. Can be called once only.
  func forEach(_ body: (Chunk) throws -> Void) throws {
    guard var cut else { return try spool.drain(body) }
    try spool.drain { chunk in if let own = cut.cut(chunk) { try body(own) } }
  }
}
