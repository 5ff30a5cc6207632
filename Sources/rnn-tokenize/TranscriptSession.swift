// Texts of recordings: in a stream of sequences of numbers, `x` stays, and the text becomes the symbols `y` that are
// spoken or played in it.

import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// Tokenizes the texts of a stream whose inputs are numbers.
struct TranscriptSession {
  private let command: Tokenize
  private let run: StageRun
  private let reader: TensorReader
  /// The stream; nil if only a shard of it is tokenized, with a given vocabulary.
  private let stream: RereadableStream?

  /// Nil if the stream has no sequences of numbers with texts.
  init?(_ reader: TensorReader, _ command: Tokenize, _ run: StageRun) throws {
    guard try SequenceForm(header: reader.header, schema: reader.schema) != nil,
      reader.schema["text"]?.isRagged == true
    else { return nil }
    (self.command, self.run) = (command, run)
    self.reader = reader
    stream = command.sharding.shard == nil ? try RereadableStream(reader) : nil
  }

  func tokenize(_ given: Vocabulary?) throws {
    let vocabulary = try given ?? build()
    var header = reader.header
    vocabulary.write(into: &header, name: "target")
    let writer = try run.writer(command.output.path, header: header, threads: command.threads.count)
    var summary = TokenSummary(vocabulary)
    try chunks { chunk in
      let texts = try vocabulary.tokenize(chunk)
      summary.add(texts)
      var columns = chunk.columns
      columns["text"] = nil
      columns["y"] = texts.columns["x"]
      try writer.write(Chunk(columns, rows: chunk.rows))
    }
    try run.require(rows: summary.rows)
    try writer.finish()
    run.parameter("mode", vocabulary.rules.mode.rawValue)
    run.result(summary.json(nil), summary.text(nil), stream: .error)
  }

  private func chunks(_ body: (Chunk) throws -> Void) throws {
    guard let shard = command.sharding.shard else {
      try stream?.chunks(body)
      return
    }
    let sharded = try run.shard(shard, of: reader)
    try sharded.record.requireRows()
    while let chunk = try sharded.next() { try body(chunk) }
  }

  /// The vocabulary of the training texts. A text begins without a start id: it is compared with the network's outputs.
  private func build() throws -> Vocabulary {
    let own = command.rules
    let rules = TokenRules(
      mode: own.mode, lower: own.lower, filters: own.filters, start: false, kerasIDs: own.kerasIDs,
      unknownToken: own.unknownToken)
    var builder = VocabularyBuilder(rules: rules, threads: command.threads.count)
    try chunks { chunk in
      let columns = chunk.columns.filter { ["text", "split"].contains($0.key) }
      try builder.add(Chunk(columns, rows: chunk.rows))
    }
    guard builder.countedRows > 0 else {
      throw Failure.data("part 0, from which the vocabulary is built, has no rows")
    }
    return try builder.fit(limit: command.vocabSize).0
  }
}
