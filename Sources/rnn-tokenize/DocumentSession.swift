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
  private let name: String
  private let given: GivenVocabulary

  init(_ command: Tokenize, _ run: StageRun) throws {
    (self.command, self.run) = (command, run)
    name = inputName(command.file)
    if let path = command.like.path, try DocumentForm(header: run.header(of: path)) == nil {
      throw Failure.data(
        "was not trained on a document", at: path, remedy: "name a model or stream of rnn-tokenize --document"
      )
    }
    given = try GivenVocabulary(command, run)
  }

  /// Reads, tokenizes and writes.
  func tokenize() throws {
    var source = try run.source(command.file)
    guard try !run.isStream(&source) else {
      throw Failure.usage(
        "\(name) is a tensor stream, not a text file", at: "--document", remedy: "give the text file itself")
    }
    let rules = given.vocabulary?.rules ?? command.rules
    let text = try run.text(
      source, named: name, encoding: given.encoding, acceptsZeros: rules.mode == .byte)
    let reader = DocumentReader(text, named: name, mode: rules.mode)
    do {
      if let vocabulary = given.vocabulary?.withoutStart {
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

  private func buildVocabulary(_ reader: DocumentReader) throws {
    var builder = VocabularyBuilder(rules: command.rules, threads: command.threads.count)
    let spool = ChunkSpool()
    while let pieces = try reader.next() {
      for part in try builder.add(pieces) { try spool.append(part.tokens) }
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
        guard let tokens = chunk.columns["x"]?.tensor else { return }
        try body(ids.ids(of: Ragged(values: tokens, lengths: [Int32(chunk.rows)])))
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
