// A shard of a plain text file of lines, which is read alone.

import ByteStreams
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// The lines of a shard, and what the file's first line says of all.
struct ShardedText {
  let reader: TextReader
  /// The first rows.
  let beginning: Chunk
  /// What the labels are.
  let labels: RowLabels
  let record: ShardRecord

  /// Nil if all of the file has to be read: it is compressed or no file, in another encoding or a table, or what its labels
  /// mean depends on all rows.
  init?(
    _ source: inout PeekedSource, named name: String, _ shard: Shard, _ given: GivenVocabulary,
    _ run: StageRun
  ) throws {
    guard let text = try run.plainText(&source, encoding: given.encoding),
      let format = try Self.format(&source, named: name, given.reading)
    else { return nil }
    let lines = try ShardLines(text.start, size: text.size, shard, skipsBlankLines: format == .jsonl)
    var reading = given.reading
    (reading.format, reading.numberInFile) = (format, { lines.numberInFile(of: $0) })
    let content = try run.text(
      PeekedSource(lines), named: name, encoding: given.encoding, acceptsZeros: reading.acceptsBytes)
    reader = try TextReader(content, named: name, reading, labels: given.labels)
    guard let beginning = try reader.next(), reader.hasIndependentLabels else { return nil }
    self.beginning = lines.beginsWithForeignRow ? beginning.slice(1..<beginning.rows) : beginning
    (labels, record) = (try reader.labels(), lines.record)
  }

  /// The format, if each row is a line.
  private static func format(
    _ source: inout PeekedSource, named name: String, _ reading: TextOptions
  ) throws -> TextFormat? {
    let format: TextFormat
    do {
      format =
        try reading.format ?? TextRecognition(source.peek(TextRecognition.sampleBytes), path: name).format()
    } catch let failure as Failure { throw failure.placed(at: name) }
    return [.lines, .fasttext, .jsonl].contains(format) ? format : nil
  }
}
