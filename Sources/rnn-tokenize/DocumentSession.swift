// rnn-tokenize --document: a whole file as one sequence of tokens, in two passes if the vocabulary is built from it. The
// tokens of the first pass are stored, in memory while they are few, so that a pipe of any length can be tokenized.

import ByteStreams
import Failures
import JSON
import SequenceOptions
import Sequences
import Stage
import Tensor
import TensorFile

/// The work behind `rnn-tokenize --document`.
struct DocumentSession {
  private let command: Tokenize
  private let run: StageRun
  private let opened: OpenedInput
  private let given: GivenVocabulary
  private var name: String { opened.name }

  init(_ command: Tokenize, _ opened: OpenedInput, _ run: StageRun) throws {
    (self.command, self.opened, self.run) = (command, opened, run)
    guard !command.pairs.isGiven else {
      throw Failure.usage(
        "--shared and --target-vocab-size are for pairs", at: opened.name, remedy: "omit them")
    }
    if let path = command.like.path, try DocumentForm(header: run.header(of: path)) == nil {
      throw Failure.data(
        "was not trained on a document", at: path, remedy: "name a model or stream of rnn-tokenize --document"
      )
    }
    given = try GivenVocabulary(command, run)
  }

  /// Reads, tokenizes and writes.
  func tokenize() throws {
    let rules = given.vocabulary?.rules ?? command.rules
    let reader = DocumentReader(try text(rules), named: name, mode: rules.mode)
    do {
      if let given = given.vocabulary {
        let vocabulary = try given.with(rules: given.rules.with(start: false, end: false))
        try write(vocabulary) { body in
          while let pieces = try reader.next() {
            try body(vocabulary.tokenize(pieces, threads: command.threads.count))
          }
        }
      } else {
        try buildVocabulary(reader)
      }
    } catch let failure as Failure where failure.kind == .data { throw failure.placed(at: name) }
    if let warning = reader.warning { run.warn(warning) }
  }

  /// The text of a file, or that of a stream's rows, one line each.
  private func text(_ rules: TokenRules) throws -> PeekedSource {
    switch opened {
    case .file(let source, _):
      return try run.text(
        source, named: name, encoding: given.encoding, acceptsZeros: rules.mode == .byte)
    case .stream(let stream, _):
      try given.encoding.refuseForStream(named: name)
      guard stream.schema["text"]?.isRagged == true else {
        throw Failure.data(
          "has no text for --document", at: name, remedy: "give a text file, or a stream of text")
      }
      return PeekedSource(StreamedText(stream))
    }
  }

  private func buildVocabulary(_ reader: DocumentReader) throws {
    var builder = VocabularyBuilder(rules: command.rules, threads: command.threads.count)
    if command.rules.mode == .bpe { return try learnSubwords(reader, &builder) }
    let spool = ChunkSpool()
    while let pieces = try reader.next() {
      guard let parts = try builder.add(pieces) else {
        try spool.append(Chunk(["text": .ragged(pieces)], rows: pieces.lengths.count))
        continue
      }
      for part in parts { try spool.append(part.tokens) }
    }
    guard spool.rows > 0 else { throw Failure.data("has no tokens") }
    let (vocabulary, ids) = try builder.fit(limit: command.vocabSize, minimum: command.minCount ?? 1)
    if vocabulary.hasUncutWords {
      run.warn(
        "\(name): words are cut at spaces, but most of this text has none (use --mode unicode, or --mode char)"
      )
    }
    try write(vocabulary) { body in
      try spool.drain { chunk in
        if let pieces = chunk.columns["text"]?.ragged {
          return try body(vocabulary.tokenize(pieces, threads: command.threads.count))
        }
        guard let tokens = chunk.columns["x"]?.tensor else { return }
        try body(ids.ids(of: Ragged(values: tokens, lengths: [Int32(chunk.rows)])))
      }
    }
  }

  /// Learns subwords from the whole text, which is stored, then tokenizes it.
  private func learnSubwords(_ reader: DocumentReader, _ builder: inout VocabularyBuilder) throws {
    let spool = ChunkSpool()
    while let pieces = try reader.next() {
      try builder.add(pieces)
      try spool.append(Chunk(["text": .ragged(pieces)], rows: pieces.lengths.count))
    }
    guard spool.rows > 0 else { throw Failure.data("has no tokens") }
    let vocabulary = try builder.vocabulary(limit: command.vocabSize, minimum: command.minCount)
    try write(vocabulary) { body in
      try spool.drain { chunk in
        guard let pieces = chunk.columns["text"]?.ragged else { return }
        try body(vocabulary.tokenize(pieces, threads: command.threads.count))
      }
    }
  }

  private func write(_ vocabulary: Vocabulary, _ forEach: ((Ragged) throws -> Void) throws -> Void) throws {
    var header = StreamHeader(kind: "series")
    SourceForm(encoding: given.encoding.name).write(into: &header)
    vocabulary.write(into: &header)
    try DocumentForm().write(into: &header)
    let writer = try run.writer(command.output.path, header: header, threads: command.threads.count)
    var summary = DocumentSummary(vocabulary)
    try forEach { tokens in
      let chunk = tokens.tokens
      summary.add(chunk)
      try writer.write(chunk)
    }
    guard writer.rowsWritten > 0 else { throw Failure.data("has no tokens") }
    try writer.finish()
    run.note(parametersOf: vocabulary)
    run.result(summary.json, summary.text, stream: .error)
  }
}

/// Counts of the tokens that were written.
private struct DocumentSummary {
  private let size: Int
  private let unknownID: Int32?
  private var tokens = 0
  private var unknown = 0

  init(_ vocabulary: Vocabulary) { (size, unknownID) = (vocabulary.size, vocabulary.rules.unknownID) }

  mutating func add(_ chunk: Chunk) {
    tokens += chunk.rows
    guard let unknownID, let ids = chunk.columns["x"]?.tensor?.values(as: Int32.self) else { return }
    unknown += ids.count { $0 == unknownID }
  }

  var json: JSONValue {
    var members = ["tokens": tokens, "vocab_size": size]
    if unknownID != nil { members["unknown"] = unknown }
    return .object(members.mapValues { .integer(Int64($0)) })
  }

  var text: String {
    let permille = (unknown * 1000 + tokens / 2) / max(1, tokens)
    let share = unknownID == nil ? "" : " (\(permille / 10).\(permille % 10)% unknown)"
    return "\(counted(tokens, "token"))\(share); ids below \(size)"
  }
}

extension Ragged {
  /// The values as rows: a chunk with the column x.
  fileprivate var tokens: Chunk { Chunk(["x": values]) }
}
