// Tokenization of pairs of a vector and a text, such as pictures and their captions: only the targets have a vocabulary,
// and all other columns are passed through.

import Failures
import JSON
import Sequences
import Stage
import TensorFile

extension Tokenize {
  /// Tokenizes the targets of a stream of pairs without texts as sources.
  func tokenizeCaptions(_ reader: TensorReader, named name: String, _ run: StageRun) throws {
    try refuseTextOptions()
    guard vocab == nil, !pairs.shared else {
      throw Failure.usage(
        "the sources are vectors", at: vocab == nil ? "--shared" : "--vocab", remedy: "omit it")
    }
    let given = try targetVocabulary(run)
    let rules = PairVocabularies.targetRules(tokens.rules(usual: .punct))
    var builder = VocabularyBuilder(rules: rules, threads: threads.count)
    let input = try PairInput(stream: reader, named: name, sharding.shard, run) { chunk in
      guard given == nil else { return }
      do { try builder.addTargets(chunk) } catch let failure as Failure { throw failure.placed(at: name) }
    }
    do {
      try run.require(rows: input.rows)
      guard given != nil || builder.countedRows > 0 else {
        throw Failure.data("part 0, from which the vocabulary is built, has no rows")
      }
      let vocabulary =
        try given
        ?? builder.vocabulary(
          limit: pairs.targetVocabSize ?? vocabSize, minimum: minCount)
      try write(input, vocabulary, run)
    } catch let failure as Failure { throw failure.placed(at: name) }
  }

  /// The vocabulary of targets that is given; nil if it is to be built.
  private func targetVocabulary(_ run: StageRun) throws -> Vocabulary? {
    guard let path = like.path else { return nil }
    run.parameter("like", path)
    guard let vocabulary = try Vocabulary(header: run.header(of: path), name: PairVocabularies.targetName)
    else {
      throw Failure.data(
        "has no vocabulary of targets", at: path, remedy: "name a model or a stream of tokenized pairs")
    }
    return vocabulary
  }

  private func write(_ input: PairInput, _ vocabulary: Vocabulary, _ run: StageRun) throws {
    var header = input.header
    header.kind = "sequences"
    vocabulary.write(into: &header, name: PairVocabularies.targetName)
    let writer = try run.writer(output.path, header: header, threads: threads.count)
    var (tokens, unknown) = (0, 0)
    try input.forEach { chunk in
      let sequences = try vocabulary.tokenizeTargets(chunk, threads: threads.count)
      if let y = sequences.columns["y"]?.ragged, let ids = y.values.values(as: Int32.self) {
        tokens += ids.count - y.lengths.count
        unknown += ids.count { $0 == vocabulary.rules.unknownID }
      }
      try writer.write(sequences)
    }
    try writer.finish()
    run.parameter("mode", vocabulary.rules.mode.rawValue)
    run.parameter("target_vocab_size", vocabulary.size)
    let members = [
      "rows": input.rows, "target_tokens": tokens, "target_unknown": unknown,
      "target_vocab_size": vocabulary.size,
    ]
    run.result(
      .object(members.mapValues { .integer(Int64($0)) }),
      "\(counted(input.rows, "row")); target: \(counted(tokens, "token")), ids below \(vocabulary.size)",
      stream: .error)
  }
}
