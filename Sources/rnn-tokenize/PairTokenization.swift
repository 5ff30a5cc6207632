// Tokenization of pairs: of sources and of targets, each with its own vocabulary or both with one.

import ByteStreams
import Failures
import JSON
import Sequences
import Stage
import TensorFile

extension Tokenize {
  /// Tokenizes the pairs of a file or of a stream.
  func tokenizePairs(_ opened: OpenedInput, _ given: GivenVocabulary, _ run: StageRun) throws {
    try refuseTextOptions()
    let vocabularies = try given.pairVocabularies(self)
    var builder = given.isGiven ? nil : PairVocabularyBuilder(pairOptions, threads: threads.count)
    let reading = run.progress("counting", total: nil)
    let input = try readPairs(opened, given, run) { chunk in
      do { try builder?.add(chunk) } catch let failure as Failure { throw failure.placed(at: opened.name) }
      reading.advance(to: builder?.countedRows ?? 0)
    }
    reading.finish()
    do {
      try run.require(rows: input.rows)
      try write(input, try vocabularies ?? fit(builder), run)
    } catch let failure as Failure { throw failure.placed(at: input.name) }
  }

  private func readPairs(
    _ opened: OpenedInput, _ given: GivenVocabulary, _ run: StageRun, _ first: (Chunk) throws -> Void
  ) throws -> PairInput {
    switch opened {
    case .file(let source, let name): return try PairInput(file: source, named: name, given, run, first)
    case .stream(let reader, let name):
      try given.encoding.refuseForStream(named: name)
      return try PairInput(stream: reader, named: name, given.shard, run, first)
    }
  }

  /// Options that are for texts with labels.
  func refuseTextOptions() throws {
    for (option, isGiven) in [
      ("--labels", labels != nil), ("--no-start", tokens.noStart), ("--keras-ids", tokens.kerasIds),
      ("--text-column", text.textColumn != nil), ("--label-column", text.labelColumn != nil),
      ("--label-separator", text.labelSeparator != nil), ("--header", header != nil),
    ] where isGiven {
      throw Failure.usage("is not for pairs", at: option, remedy: "omit it")
    }
  }

  private var pairOptions: PairVocabularyOptions {
    var options = PairVocabularyOptions(rules: tokens.rules(isDocument: false, usual: .punct))
    options.isShared = pairs.shared
    (options.sourceLimit, options.targetLimit) = (vocabSize, pairs.targetVocabSize ?? vocabSize)
    options.minimum = minCount
    return options
  }

  private func fit(_ builder: PairVocabularyBuilder?) throws -> PairVocabularies {
    guard let builder, builder.countedRows > 0 else {
      throw Failure.data("part 0, from which the vocabularies are built, has no rows")
    }
    return try builder.fit()
  }

  private func write(_ input: PairInput, _ vocabularies: PairVocabularies, _ run: StageRun) throws {
    var header = input.header
    header.kind = "sequences"
    vocabularies.write(into: &header)
    let writer = try run.writer(output.path, header: header, threads: threads.count)
    let progress = run.progress("tokenizing", total: input.rows)
    var summary = PairSummary(vocabularies)
    try input.forEach { chunk in
      let sequences = try vocabularies.tokenize(chunk, threads: threads.count)
      summary.add(sequences)
      try writer.write(sequences)
      progress.advance(to: summary.rows)
    }
    progress.finish()
    try writer.finish()
    let rules = vocabularies.source.rules
    run.parameter("mode", rules.mode.rawValue)
    run.parameter("lower", rules.lower)
    run.parameter("vocab_size", vocabularies.source.size)
    run.parameter("target_vocab_size", vocabularies.target.size)
    if let minCount { run.parameter("min_count", minCount) }
    run.result(summary.json, summary.text, stream: .error)
  }
}

/// Counts of the pairs that were written.
private struct PairSummary {
  private let vocabularies: PairVocabularies
  private(set) var rows = 0
  private var source = SideCount()
  private var target = SideCount()

  init(_ vocabularies: PairVocabularies) { self.vocabularies = vocabularies }

  /// Tokens of one side, without start and end.
  private struct SideCount {
    var tokens = 0
    var unknown = 0

    mutating func add(_ rows: Ragged?, _ vocabulary: Vocabulary) {
      guard let rows, let ids = rows.values.values(as: Int32.self) else { return }
      tokens += ids.count - rows.lengths.count
      unknown += ids.count { $0 == vocabulary.rules.unknownID }
    }

    var percentage: String {
      guard tokens > 0 else { return "" }
      let permille = (unknown * 1000 + tokens / 2) / tokens
      return " (\(permille / 10).\(permille % 10)% unknown)"
    }
  }

  mutating func add(_ chunk: Chunk) {
    rows += chunk.rows
    source.add(chunk.columns["source"]?.ragged, vocabularies.source)
    target.add(chunk.columns["y"]?.ragged, vocabularies.target)
  }

  var json: JSONValue {
    .object([
      "rows": .integer(Int64(rows)), "source_tokens": .integer(Int64(source.tokens)),
      "source_unknown": .integer(Int64(source.unknown)), "target_tokens": .integer(Int64(target.tokens)),
      "target_unknown": .integer(Int64(target.unknown)),
      "source_vocab_size": .integer(Int64(vocabularies.source.size)),
      "target_vocab_size": .integer(Int64(vocabularies.target.size)),
    ])
  }

  var text: String {
    "\(counted(rows, "pair")); source: \(counted(source.tokens, "token"))\(source.percentage), ids below "
      + "\(vocabularies.source.size); target: \(counted(target.tokens, "token"))\(target.percentage), ids below "
      + "\(vocabularies.target.size)"
  }
}
