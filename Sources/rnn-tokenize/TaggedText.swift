// Words with tags: sentences become rows with the ids of their words, of the words' characters, and of the tags.

import ByteStreams
import Failures
import JSON
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// The work of rnn-tokenize on a file of words with tags.
struct TaggedText {
  private let command: Tokenize
  private let run: StageRun
  private let name: String
  private let form: TaggedForm
  private let model: StreamHeader?
  private let corpus: TaggedCorpus

  /// - Parameter format: CoNLL-U or CoNLL columns.
  init(_ command: Tokenize, named name: String, _ format: TextFormat, _ run: StageRun) throws {
    (self.command, self.run, self.name) = (command, run, name)
    try Self.check(command)
    model = try command.like.path.map { try run.header(of: $0) }
    if let path = command.like.path { run.parameter("like", path) }
    let facts = try model.flatMap { try TaggingFacts(header: $0) }
    form = try Self.form(command, format, facts)
    var choices = TaggingChoices()
    choices.form = form
    choices.lower = command.tokens.lower ?? true
    choices.vocabularySize = command.vocabSize
    choices.minimumCount = command.minCount ?? choices.minimumCount
    choices.characters = command.tagging.characters ?? choices.characters
    do {
      corpus = try TaggedCorpus(choices, like: model, threads: command.threads.count)
    } catch let failure as Failure { throw failure.placed(at: command.like.path ?? name) }
  }

  /// The options for text that don't apply to words that the file gives.
  private static func check(_ command: Tokenize) throws {
    let options = [
      ("--mode", command.tokens.mode != nil), ("--filters", command.tokens.filters != nil),
      ("--keras-ids", command.tokens.kerasIds), ("--vocab", command.vocab != nil),
      ("--labels", command.labels != nil), ("--text-column", command.text.textColumn != nil),
      ("--label-column", command.text.labelColumn != nil),
      ("--label-separator", command.text.labelSeparator != nil), ("--no-header", command.header != nil),
    ]
    guard let (option, _) = options.first(where: \.1) else { return }
    throw Failure.usage("doesn't apply to words with tags", at: option, remedy: "omit it")
  }

  /// The form that options say, else that of the model's data, else the usual one.
  private static func form(
    _ command: Tokenize, _ format: TextFormat, _ facts: TaggingFacts?
  ) throws -> TaggedForm {
    let options = command.tagging
    guard let facts else { return try options.form(format) }
    guard options.characters == nil else {
      throw Failure.usage("is that of the model", at: "--characters", remedy: "omit it")
    }
    let isAlike = facts.form.isConllu == (format == .conllu)
    return isAlike && options.tags == nil && options.columns == nil ? facts.form : try options.form(format)
  }

  /// Reads the sentences and writes the rows.
  func perform(_ source: PeekedSource) throws {
    let usual = try model.flatMap { try SourceForm(header: $0)?.encoding }
    let encoding = try command.encoding.choice(usual: usual)
    var reader = TaggedReader(try run.text(source, named: name, encoding: encoding), named: name, form)
    let counting = run.progress("counting", total: nil)
    while let sentence = try reader.nextSentence() {
      try corpus.add(sentence, named: name, skipsUnknownTags: command.tagging.skipUnknownTags)
      counting.advance(to: corpus.sentences)
    }
    counting.finish()
    warn()
    let result: TaggedCorpus.Result
    do { result = try corpus.finish(like: model) } catch let failure as Failure {
      throw failure.placed(at: name)
    }
    try write(result, encoding: encoding.name)
  }

  private func warn() {
    if let wordless = corpus.wordless {
      let count = wordless.count
      run.warn(
        "\(name): \(count) sentence\(count == 1 ? " has" : "s have") no words (the first in line \(wordless.firstLine)) and \(count == 1 ? "is" : "are") left out"
      )
    }
    if corpus.skipped > 0 {
      run.warn(
        "\(name): left out \(counted(corpus.skipped, "sentence")) with tags that the model doesn't know")
    }
  }

  private func write(_ result: TaggedCorpus.Result, encoding: String?) throws {
    var header = StreamHeader(kind: "sequences")
    SourceForm(encoding: encoding).write(into: &header)
    result.encoder.words.write(into: &header)
    if result.facts.characters > 0 {
      result.encoder.characters?.write(into: &header, name: SentenceEncoder.charactersName)
    }
    result.classes.write(into: &header)
    result.facts.write(into: &header)
    let writer = try run.writer(command.output.path, header: header, threads: command.threads.count)
    var summary = TokenSummary(result.encoder.words)
    var cut = command.sharding.shard.map {
      let record = ShardRecord($0, of: corpus.sentences, .rows)
      run.takes(record)
      return ShardCut(record.range)
    }
    let progress = run.progress("tokenizing", total: corpus.sentences)
    try corpus.forEach(result) { chunk in
      guard let chunk = cut == nil ? chunk : cut?.cut(chunk) else { return }
      summary.add(chunk)
      try writer.write(chunk)
      progress.advance(to: summary.rows)
    }
    progress.finish()
    try writer.finish()
    report(summary, result)
  }

  private func report(_ summary: TokenSummary, _ result: TaggedCorpus.Result) {
    run.parameter("tags", form.tagName)
    run.parameter("lower", result.encoder.words.rules.lower)
    run.parameter("vocab_size", result.encoder.words.size)
    run.parameter("characters", result.facts.characters)
    run.note(
      "reading \(name) as \(form.name): tags from \(form.tagName)\(result.facts.areEntities ? ", entities as BIO" : "")"
    )
    run.result(summary.json(result.classes), summary.text(result.classes), stream: .error)
  }
}
